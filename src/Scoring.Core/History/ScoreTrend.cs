namespace Scoring.Core.History;

/// <summary>The straight line through a score's points, by least squares.</summary>
/// <param name="SlopePerDay">How many points of score it rises a day.</param>
/// <param name="Lower">Lower end of the slope's 95 % interval, by Student's t; neighbouring points depend on each other, so it is too narrow rather than too wide.</param>
/// <param name="Upper">Its upper end.</param>
public sealed record ScoreTrend(double SlopePerDay, double Lower, double Upper);
