namespace Scoring.Core.Segments;

/// <summary>The customers between two scores.</summary>
/// <param name="From">Lower end, inclusive; null in the open bucket at the low end.</param>
/// <param name="To">Upper end, exclusive; null in the open bucket at the high end.</param>
/// <param name="Customers">Number of customers.</param>
public sealed record HistogramBucket(double? From, double? To, long Customers);
