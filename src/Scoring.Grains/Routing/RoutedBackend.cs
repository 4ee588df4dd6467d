using Scoring.Core.Backend;
using Scoring.Grains.Partitions;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Routing;

/// <summary>The port that divides calls by partition, one call for each silo.</summary>
internal sealed class RoutedBackend(EngineParts engine, PartitionMap map)
{
    /// <summary>The port.</summary>
    public IScoringBackend Port { get; } = engine.Router(map);
}
