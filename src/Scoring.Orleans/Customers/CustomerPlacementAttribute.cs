using Orleans.Placement;

namespace Scoring.Cluster.Customers;

/// <summary>Marks the grains that <see cref="CustomerPlacement"/> is for.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CustomerPlacementAttribute() : PlacementAttribute(new CustomerPlacement());
