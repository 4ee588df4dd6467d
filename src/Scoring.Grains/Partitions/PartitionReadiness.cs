namespace Scoring.Grains.Partitions;

/// <summary>Whether the partitions that this silo is to have are open.</summary>
public sealed class PartitionReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PartitionReadiness() { }

    /// <summary>Returns once they are open for the first time.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    internal void Set() => _ready.TrySetResult();
}
