using Orleans.Runtime.Placement;
using Scoring.Core;

namespace Scoring.Grains.Placement;

/// <summary>Activates customers and accounts where their partition is, as far as is known; they say so themselves where it is not.</summary>
internal sealed class PartitionPlacementDirector(
    ClusterView cluster,
    PartitionHashes hashes,
    IPartitionLocations locations
) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    ) => Task.FromResult(SiloFor(target.GrainIdentity.Key.ToString(), context.GetCompatibleSilos(target), context));

    private SiloAddress SiloFor(string? key, SiloAddress[] silos, IPlacementContext context)
    {
        if (!CustomerKey.TryParse(key, out var parsed))
        {
            // Refused wherever it is activated.
            return silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0];
        }
        int partition;
        try
        {
            partition = hashes.Of(parsed.Workspace, parsed.Id);
        }
        catch (ScoringException)
        {
            return silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0];
        }
        var location = locations.LocationOf(partition);
        return silos.Contains(location) ? location : cluster.HomesAmong(silos).Of(partition);
    }
}
