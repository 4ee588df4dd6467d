using Scoring.Core.Backend;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Stores;

/// <summary>What a silo drives: the engine of its process.</summary>
/// <param name="Partitions">The partitions.</param>
/// <param name="Models">The workspaces and models.</param>
/// <param name="Router">Makes the port that divides calls among the hosts of a map.</param>
public sealed record EngineParts(
    ILocalPartitions Partitions,
    IModelStore Models,
    Func<IPartitionMap, IScoringBackend> Router
);
