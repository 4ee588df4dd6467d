namespace Scoring.Core.Facts;

/// <summary>A customer's lifetime events of one type.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Value">The sum of their values; null when each was 1.</param>
internal readonly record struct SeriesTotal(long Count, double? Value);
