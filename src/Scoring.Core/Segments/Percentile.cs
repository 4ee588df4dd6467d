namespace Scoring.Core.Segments;

/// <summary>One percentile of the scores.</summary>
/// <param name="Rank">Which percentile, 0..100.</param>
/// <param name="Score">The score at it.</param>
public sealed record Percentile(double Rank, double Score);
