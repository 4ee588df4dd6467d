using System.Collections.Concurrent;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>The partitions of an engine's host.</summary>
internal sealed class HostedPartitions : ILocalPartitions
{
    private readonly PartitionHost _host;
    private readonly ConcurrentDictionary<Watch, Action<int>> _watches = new();

    public HostedPartitions(PartitionHost host)
    {
        _host = host;
        host.Lost = Tell;
    }

    /// <inheritdoc/>
    public int Count => _host.Partitions;

    /// <inheritdoc/>
    public IPartitionHost Host => _host;

    /// <inheritdoc/>
    public IDisposable WhenLost(Action<int> tell)
    {
        var watch = new Watch(this);
        _watches[watch] = tell;
        return watch;
    }

    /// <inheritdoc/>
    public bool IsOpen(int partition) => _host.IsOpen(partition);

    /// <inheritdoc/>
    public Task OpenAsync(int partition, CancellationToken cancellationToken) =>
        _host.OpenPartitionAsync(partition, cancellationToken);

    /// <inheritdoc/>
    public Task CloseAsync(int partition, CancellationToken cancellationToken) =>
        _host.ClosePartitionAsync(partition, cancellationToken);

    // The thread that met it must not be held up.
    private void Tell(int partition) =>
        ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var tell in _watches.Values)
            {
                tell(partition);
            }
        });

    private sealed class Watch(HostedPartitions partitions) : IDisposable
    {
        public void Dispose() => partitions._watches.TryRemove(this, out _);
    }
}
