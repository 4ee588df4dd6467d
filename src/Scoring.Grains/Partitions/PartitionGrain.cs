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
internal sealed class PartitionGrain(
    IGrainContext context,
    HostedEngine engine,
    ClusterView cluster,
    PartitionKeeper keeper
) : Grain, IPartitionGrain
{
    private readonly int _partition = (int)context.GrainId.GetIntegerKey();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (cluster.IsLeaving)
        {
            // Whoever asks is sent on to its home, which is elsewhere.
            GiveUp("This server leaves and opens no partition.");
            return;
        }
        try
        {
            await keeper.WhenStartedAsync(cancellationToken);
            await engine.Host.OpenPartitionAsync(_partition, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Not thrown: Orleans keeps callers waiting for 5 seconds then, in which the partition might be open long since.
            keeper.NotOpened(_partition, e);
            // In words: an exception that Orleans has no form for does not reach another silo, whose callers would wait for their timeout.
            GiveUp($"Partition {_partition} could not be opened: {e.Message}");
            return;
        }
        if (!engine.Host.IsOpen(_partition))
        {
            GiveUp("Another process took the partition over.");
            return;
        }
        keeper.Opened(_partition);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        engine.Host.ClosePartitionAsync(_partition, cancellationToken);

    public Task<SiloAddress> WhereAsync() => Task.FromResult(cluster.Here);

    public Task ReleaseAsync(SiloAddress from)
    {
        if (from.Equals(cluster.Here))
        {
            DeactivateOnIdle();
        }
        return Task.CompletedTask;
    }

    /// <summary>Ends this activation; by any thread.</summary>
    private void GiveUp(string why) =>
        GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, why));
}
