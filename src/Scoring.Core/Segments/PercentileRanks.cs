namespace Scoring.Core.Segments;

/// <summary>The ranks that percentiles of many scores lie at.</summary>
/// <remarks>
/// Percentiles by linear interpolation between closest ranks: rank p / 100 x (n - 1), counted from 0. Hyndman and Fan, Sample
/// Quantiles in Statistical Packages, The American Statistician 50 (1996), type 7.
/// </remarks>
internal static class PercentileRanks
{
    /// <summary>The ranks whose scores are needed; some may come several times.</summary>
    public static IEnumerable<long> Needed(IReadOnlyList<double> percentiles, long count) =>
        percentiles
            .Select(percentile => (long)Math.Floor(RankOf(percentile, count)))
            .SelectMany(lower => (long[])[lower, Math.Min(lower + 1, count - 1)]);

    /// <summary>The percentiles, from the scores of the ranks needed.</summary>
    public static Percentile[] Select(IReadOnlyList<double> percentiles, long count, Func<long, double> scoreOf)
    {
        var found = new Percentile[percentiles.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var rank = RankOf(percentiles[i], count);
            var lower = (long)Math.Floor(rank);
            var low = scoreOf(lower);
            var high = lower + 1 < count ? scoreOf(lower + 1) : low;
            found[i] = new Percentile(percentiles[i], low + ((rank - lower) * (high - low)));
        }
        return found;
    }

    private static double RankOf(double percentile, long count) => percentile / 100 * (count - 1);
}
