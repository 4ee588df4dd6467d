using Scoring.Core.Models;

namespace Scoring.Core.Segments;

/// <summary>The customers in one band.</summary>
/// <param name="Band">The name of the band.</param>
/// <param name="Customers">Number of customers.</param>
/// <param name="Share">Share of all, 0..1; null when there are no customers.</param>
public sealed record BandCount(string Band, long Customers, double? Share)
{
    /// <summary>The counts of a model's bands, each with its share of their sum.</summary>
    internal static IReadOnlyList<BandCount> Of(long[] counts, ScoringModel model)
    {
        var all = counts.Sum();
        return [.. counts.Select((n, i) => new BandCount(model.Bands[i].Name, n, all == 0 ? null : (double)n / all))];
    }
}
