namespace Scoring.Grains.Placement;

/// <summary>A customer, and an account, is activated where its partition is.</summary>
[GenerateSerializer, Alias("scoring.partition-placement"), Immutable]
internal sealed class PartitionPlacement : PlacementStrategy;
