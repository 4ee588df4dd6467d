namespace Scoring.Cluster.Messages;

/// <summary>Something out of a caller's batch.</summary>
/// <param name="Item">What it is.</param>
/// <param name="Index">Its place there.</param>
[GenerateSerializer, Alias("scoring.indexed`1"), Immutable]
internal readonly record struct Indexed<T>([property: Id(0)] T Item, [property: Id(1)] int Index);
