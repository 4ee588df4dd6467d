namespace Scoring.Cluster.Segments;

/// <summary>What became of a customer, for the figures of many.</summary>
/// <param name="CustomerId">The customer, in UTF-8.</param>
/// <param name="Version">The version of what is stored of it.</param>
/// <param name="Record">The facts in their stored form.</param>
[GenerateSerializer, Alias("scoring.summary"), Immutable]
internal readonly record struct Summary(
    [property: Id(0)] byte[] CustomerId,
    [property: Id(1)] long Version,
    [property: Id(2)] byte[] Record
);
