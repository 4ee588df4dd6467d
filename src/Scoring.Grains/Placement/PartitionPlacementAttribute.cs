using Orleans.Placement;

namespace Scoring.Grains.Placement;

/// <summary>Marks the grains that <see cref="PartitionPlacement"/> is for.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartitionPlacementAttribute() : PlacementAttribute(new PartitionPlacement());
