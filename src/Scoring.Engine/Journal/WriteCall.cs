using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Journal;

/// <summary>A batch on its way: divided by partition, journalled as a whole, applied part by part, answered once.</summary>
internal sealed class WriteCall(Durability durability, Instant receivedAt) : QueuedCall
{
    private readonly TaskCompletionSource<WriteResult> _answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly List<WritePart> _parts = [];
    private readonly List<Rejection> _rejections = [];
    private int _left;
    private int _accepted;
    private int _duplicates;

    public IReadOnlyList<WritePart> Parts => _parts;

    /// <summary>When the service received the call.</summary>
    public Instant ReceivedAt { get; } = receivedAt;

    /// <summary>Completes once the call is answered.</summary>
    public Task<WriteResult> Answer => _answer.Task;

    public void Add(WritePart part)
    {
        _parts.Add(part);
        _left++;
    }

    /// <summary>Notes what became of one part, and answers the call with the last one.</summary>
    public void Applied(in CommandOutcome outcome)
    {
        lock (_parts)
        {
            _accepted += outcome.Accepted;
            _duplicates += outcome.Duplicates;
            _rejections.AddRange(outcome.Rejections);
            if (--_left > 0)
            {
                return;
            }
        }
        _rejections.Sort((first, second) => first.Index.CompareTo(second.Index));
        _answer.TrySetResult(new WriteResult(_accepted, _duplicates, _rejections, durability));
    }

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public override void Release()
    {
        foreach (var part in _parts)
        {
            part.Payload.Dispose();
        }
    }
}
