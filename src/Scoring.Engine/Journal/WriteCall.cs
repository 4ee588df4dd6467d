using System.Threading.Tasks.Sources;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Engine.Journal;

/// <summary>A batch on its way: divided by partition, journalled as a whole, applied part by part, answered once.</summary>
internal sealed class WriteCall(Durability durability, Instant receivedAt, int parts = 1)
    : IValueTaskSource<HostAnswer<WriteResult>>
{
    private readonly List<WritePart> _parts = new(capacity: parts);
    private ManualResetValueTaskSourceCore<HostAnswer<WriteResult>> _answer;
    private List<Rejection>? _rejections;
    private List<int>? _absent;
    private WriteResult? _result;
    private Exception? _error;
    private bool _isAnswered;
    private int _left;
    private int _accepted;
    private int _duplicates;

    public IReadOnlyList<WritePart> Parts => _parts;

    /// <summary>Bytes that it takes up in the queue and in the journal, in all partitions.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the service received the call.</summary>
    public Instant ReceivedAt { get; } = receivedAt;

    /// <summary>Completes once the call is answered, on a thread of the pool that goes on to other answers: who waits must not block it. To be awaited once.</summary>
    public ValueTask<HostAnswer<WriteResult>> Answer => new(this, _answer.Version);

    /// <summary>Whether it is the entry by which a partition that is being opened is taken over.</summary>
    public bool IsTakeOver { get; init; }

    /// <summary>The partitions that are not open here, each once.</summary>
    public IReadOnlyList<int> Absent => _absent ?? [];

    /// <summary>Leaves out the parts whose partitions are not open; their payloads stay the caller's.</summary>
    public void LeaveOut(bool[] open)
    {
        for (var i = 0; i < _parts.Count; )
        {
            var part = _parts[i];
            if (open[part.Partition])
            {
                i++;
                continue;
            }
            _absent ??= [];
            if (!_absent.Contains(part.Partition))
            {
                _absent.Add(part.Partition);
            }
            _parts.RemoveAt(i);
            Bytes -= part.Bytes;
            _left--;
        }
    }

    public void Add(WritePart part)
    {
        _parts.Add(part);
        Bytes += part.Bytes;
        _left++;
    }

    /// <summary>Drops parts of a call that was answered with an error, with their payloads.</summary>
    public void Drop(Predicate<WritePart> isGone, Action<WritePart> dropped)
    {
        foreach (var part in _parts.FindAll(isGone))
        {
            dropped(part);
            part.Payload.Dispose();
        }
        _parts.RemoveAll(isGone);
    }

    /// <summary>Notes what became of one part; with the last one the call joins those that <see cref="WriteAnswers.Begin"/> answers.</summary>
    public void Applied(in CommandOutcome outcome)
    {
        lock (_parts)
        {
            _accepted += outcome.Accepted;
            _duplicates += outcome.Duplicates;
            if (outcome.Rejections.Count > 0)
            {
                (_rejections ??= []).AddRange(outcome.Rejections);
            }
            if (--_left > 0)
            {
                return;
            }
        }
        _rejections?.Sort((first, second) => first.Index.CompareTo(second.Index));
        AnswerWith(new WriteResult(_accepted, _duplicates, _rejections ?? [], durability), error: null);
    }

    /// <summary>Answers the call with an error, unless it has been answered.</summary>
    public void Fail(Exception error)
    {
        AnswerWith(result: null, error);
        WriteAnswers.Shared.Begin();
    }

    /// <summary>Lets the caller go on; once, after it was answered.</summary>
    public void Complete()
    {
        if (_error is null)
        {
            _answer.SetResult(new(_result, Absent));
        }
        else
        {
            _answer.SetException(_error);
        }
    }

    /// <summary>Gives back the payloads, once nothing reads them any more.</summary>
    public void Release()
    {
        foreach (var part in _parts)
        {
            part.Payload.Dispose();
        }
    }

    HostAnswer<WriteResult> IValueTaskSource<HostAnswer<WriteResult>>.GetResult(short token) =>
        _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<HostAnswer<WriteResult>>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<HostAnswer<WriteResult>>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _answer.OnCompleted(continuation, state, token, flags);

    private void AnswerWith(WriteResult? result, Exception? error)
    {
        if (!Interlocked.Exchange(ref _isAnswered, value: true))
        {
            (_result, _error) = (result, error);
            WriteAnswers.Shared.Add(this);
        }
    }
}
