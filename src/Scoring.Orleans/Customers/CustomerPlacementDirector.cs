using Orleans.Runtime.Placement;

namespace Scoring.Cluster.Customers;

/// <summary>Activates a customer or an account on its home.</summary>
internal sealed class CustomerPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    )
    {
        var silos = context.GetCompatibleSilos(target);
        var asked = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos);
        return Task.FromResult(asked ?? new CustomerHomes(silos).Of(target.GrainIdentity));
    }
}
