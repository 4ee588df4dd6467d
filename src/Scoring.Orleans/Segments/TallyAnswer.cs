namespace Scoring.Cluster.Segments;

/// <summary>What one shard adds to figures of many.</summary>
/// <param name="Tally">The tally as it is sent; null when the version of the model is no longer to be had.</param>
/// <param name="CompleteThrough">Everything that was stored before this instant (UTC ticks) is in it.</param>
[GenerateSerializer, Alias("scoring.tally-answer"), Immutable]
internal sealed record TallyAnswer([property: Id(0)] byte[]? Tally, [property: Id(1)] long CompleteThrough);
