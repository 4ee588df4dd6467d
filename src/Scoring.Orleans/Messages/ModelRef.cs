namespace Scoring.Cluster.Messages;

/// <summary>Names one version of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
[GenerateSerializer, Alias("scoring.model-ref"), Immutable]
internal readonly record struct ModelRef([property: Id(0)] string Name, [property: Id(1)] int Version);
