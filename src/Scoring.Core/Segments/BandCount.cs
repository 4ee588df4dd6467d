namespace Scoring.Core.Segments;

/// <summary>The customers in one band.</summary>
/// <param name="Band">The name of the band.</param>
/// <param name="Customers">Number of customers.</param>
/// <param name="Share">Share of all, 0..1; null when there are no customers.</param>
public sealed record BandCount(string Band, long Customers, double? Share);
