using Scoring.Cluster.Messages;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Cluster.Customers;

/// <summary>A write that waits for its customer's next one: events, or an update.</summary>
/// <param name="Events">The events in their encoded form; empty for an update.</param>
/// <param name="ReceivedAt">When the events or the update were received.</param>
/// <param name="Update">The update; null for events.</param>
/// <param name="Index">The update's place in the caller's batch.</param>
internal sealed record WaitingWrite(byte[] Events, Instant ReceivedAt, CustomerUpdate? Update = null, int Index = 0)
{
    private readonly TaskCompletionSource<WriteAnswer> _answer = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public Task<WriteAnswer> Answer => _answer.Task;

    /// <summary>Whether there is room in the workspace for the update's attributes.</summary>
    public bool KeysFit { get; set; } = true;

    /// <summary>What the answer will be once everything is stored.</summary>
    public WriteAnswer? Outcome { get; set; }

    public void Complete() => _answer.TrySetResult(Outcome!);

    public void Complete(WriteAnswer answer) => _answer.TrySetResult(answer);

    public void Fail(Exception error) => _answer.TrySetException(error);
}
