using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>The partitions of the store as this process has them: it opens and closes them, and answers for those that are open.</summary>
public interface ILocalPartitions
{
    /// <summary>How many partitions the store has.</summary>
    int Count { get; }

    /// <summary>Answers for the partitions that are open here.</summary>
    IPartitionHost Host { get; }

    /// <summary>Has somebody told the number of each partition that is lost to another process, until the answer is disposed of. By any thread.</summary>
    IDisposable WhenLost(Action<int> tell);

    /// <summary>Whether a partition is open here.</summary>
    bool IsOpen(int partition);

    /// <summary>Opens a partition, and returns once it answers. That waits for what another process may still answer.</summary>
    Task OpenAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Closes a partition if it is open: everything acknowledged is in the store, and the next process has nothing to wait for.</summary>
    Task CloseAsync(int partition, CancellationToken cancellationToken);
}
