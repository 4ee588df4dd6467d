using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>What a silo drives: the engine of its process.</summary>
/// <param name="Partitions">The partitions.</param>
/// <param name="Models">The workspaces and models.</param>
/// <param name="Connect">
/// Makes the way to all partitions, given which host has each and what has all other servers read the models of a workspace again.
/// </param>
public sealed record EngineParts(
    ILocalPartitions Partitions,
    IModelCatalog Models,
    Func<IPartitionMap, Func<string, Task>, EngineRoutes> Connect
)
{
    /// <summary>The parts of a host.</summary>
    /// <param name="host">The host of this process; whoever made it disposes of it.</param>
    /// <param name="router">How calls are divided.</param>
    /// <param name="longestLease">Longest that a server answers for its partitions without having renewed its lease; 0 where there is but one server.</param>
    public static EngineParts Of(PartitionHost host, PartitionRouterOptions router, TimeSpan longestLease) =>
        new(
            new HostedPartitions(host),
            new HostedModels(host, longestLease),
            (map, announce) =>
            {
                var routes = new PartitionRouter(host, map, router);
                var keeper = new ModelKeeper(host, routes, announce);
                return new(new RoutedBackend(host, routes, keeper), keeper.LoadAsync);
            }
        );
}
