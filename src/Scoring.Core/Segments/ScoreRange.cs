namespace Scoring.Core.Segments;

/// <summary>The scores from one on and below another; those up to infinity include it.</summary>
internal readonly record struct ScoreRange(double From, double To);
