using Orleans.Runtime.Placement;

namespace Scoring.Grains.Placement;

/// <summary>Activates partitions at their homes.</summary>
internal sealed class HomePlacementDirector(ClusterView cluster) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        var homes = cluster.HomesAmong(context.GetCompatibleSilos(target));
        return Task.FromResult(homes.Of((int)target.GrainIdentity.GetIntegerKey()));
    }
}
