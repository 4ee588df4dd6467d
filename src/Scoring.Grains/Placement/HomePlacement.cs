namespace Scoring.Grains.Placement;

/// <summary>A partition is activated at its home (<see cref="PartitionHomes"/>).</summary>
[GenerateSerializer, Alias("scoring.home-placement"), Immutable]
internal sealed class HomePlacement : PlacementStrategy;
