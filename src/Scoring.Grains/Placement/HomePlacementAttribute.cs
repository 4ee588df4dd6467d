using Orleans.Placement;

namespace Scoring.Grains.Placement;

/// <summary>Marks the grains that <see cref="HomePlacement"/> is for.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HomePlacementAttribute() : PlacementAttribute(new HomePlacement());
