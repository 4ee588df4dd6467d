namespace Scoring.Cluster.Segments;

/// <summary>What became of customers on one silo.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="CompleteThrough">With this batch, everything that this silo stored before this instant (UTC ticks) is told.</param>
/// <param name="Customers">The customers, each once.</param>
[GenerateSerializer, Alias("scoring.summary-batch"), Immutable]
internal sealed record SummaryBatch(
    [property: Id(0)] SiloAddress Silo,
    [property: Id(1)] long CompleteThrough,
    [property: Id(2)] IReadOnlyList<Summary> Customers
);
