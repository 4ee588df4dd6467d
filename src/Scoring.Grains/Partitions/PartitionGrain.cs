using Orleans.Placement;
using Scoring.Grains.Placement;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Partitions;

/// <inheritdoc cref="IPartitionGrain"/>
/// <remarks>
/// That the partition has one home for most of the time is the directory's doing; that it has one owner at every time is the store's, which fences the
/// others off. Nothing is stored when it goes: everything acknowledged is in the log already, and closing only saves its next owner time.
/// </remarks>
[KeepAlive]
[Immovable]
[HomePlacement]
[GrainType("scoring.partition")]
internal sealed class PartitionGrain : Grain, IPartitionGrain
{
    private readonly ILocalPartitions _partitions;
    private readonly ClusterView _cluster;
    private readonly PartitionKeeper _keeper;
    private readonly int _partition;
    private IDisposable? _watch;

    public PartitionGrain(IGrainContext context, EngineParts engine, ClusterView cluster, PartitionKeeper keeper)
    {
        (_partitions, _cluster, _keeper) = (engine.Partitions, cluster, keeper);
        _partition = (int)context.GrainId.GetIntegerKey();
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_cluster.IsLeaving)
        {
            throw new InvalidOperationException($"{_cluster.Here} leaves and opens no partition.");
        }
        _watch = _partitions.WhenLost(OnLost);
        try
        {
            await _partitions.OpenAsync(_partition, cancellationToken);
        }
        catch
        {
            _watch.Dispose();
            throw;
        }
        if (!_partitions.IsOpen(_partition))
        {
            OnLost(_partition);
        }
        _keeper.Opened(_partition);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        await _partitions.CloseAsync(_partition, cancellationToken);
    }

    public Task<SiloAddress> WhereAsync() => Task.FromResult(_cluster.Here);

    public Task ReleaseAsync(SiloAddress from)
    {
        if (from.Equals(_cluster.Here))
        {
            DeactivateOnIdle();
        }
        return Task.CompletedTask;
    }

    private void OnLost(int partition)
    {
        if (partition == _partition)
        {
            // Told from any thread, which this is fit for.
            GrainContext.Deactivate(
                new DeactivationReason(
                    DeactivationReasonCode.ApplicationRequested,
                    "Another process took the partition over."
                )
            );
        }
    }
}
