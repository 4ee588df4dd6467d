namespace Scoring.Core.Segments;

/// <summary>Shares by the engagement that bands stand for, in percent; they sum to 100.</summary>
/// <param name="Engaged">Percent in bands that count as engaged.</param>
/// <param name="SomewhatEngaged">Percent in bands that count as somewhat engaged.</param>
/// <param name="NotEngaged">Percent in bands that count as not engaged.</param>
public sealed record EngagementIndex(double Engaged, double SomewhatEngaged, double NotEngaged);
