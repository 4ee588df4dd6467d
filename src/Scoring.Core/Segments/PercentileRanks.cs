namespace Scoring.Core.Segments;

/// <summary>The ranks that percentiles of many scores lie at.</summary>
/// <remarks>
/// Percentiles by linear interpolation between closest ranks: rank p / 100 x (n - 1), counted from 0. Hyndman and Fan, Sample
/// Quantiles in Statistical Packages, The American Statistician 50 (1996), type 7.
/// </remarks>
internal static class PercentileRanks
{
    /// <summary>
    /// How far a percentile of all scores may lie from that of a part, in ranks of the part. Customers belong to parts by the hash of their ids,
    /// so a part is a sample: the score at a percentile of all stands at a rank of it with a deviation of half the root of its scores at most.
    /// Six times that is exceeded once in 500 million.
    /// </summary>
    public static long ReachOf(long count) => 3 * (long)Math.Ceiling(Math.Sqrt(count));

    /// <summary>The ranks that a percentile needs, and as many more on either side.</summary>
    public static (long First, long Last) Around(double percentile, long count, long reach)
    {
        var lower = (long)Math.Floor(RankOf(percentile, count));
        return (Math.Max(0, lower - reach), Math.Min(count - 1, lower + 1 + reach));
    }

    /// <summary>The percentiles of all scores together; null when the windows of the parts do not tell one.</summary>
    /// <param name="percentiles">The percentiles, for each of which every part has a window.</param>
    /// <param name="parts">The parts.</param>
    public static Percentile[]? Select(IReadOnlyList<double> percentiles, IReadOnlyList<ScoreDistribution> parts)
    {
        var count = parts.Sum(part => part.Moments.Count);
        var found = new Percentile[percentiles.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var windows = parts.Select(part => (Window: part.Windows[i], part.Moments.Count)).ToList();
            double[] together = [.. windows.SelectMany(part => part.Window.Scores)];
            Array.Sort(together);
            var rank = RankOf(percentiles[i], count);
            var lower = (long)Math.Floor(rank);
            if (
                ScoreOf(lower, together, windows) is not { } low
                || ScoreOf(Math.Min(lower + 1, count - 1), together, windows) is not { } high
            )
            {
                return null;
            }
            found[i] = new Percentile(percentiles[i], low + ((rank - lower) * (high - low)));
        }
        return found;
    }

    /// <summary>The score of a rank of all; null unless all that lies outside of the windows certainly lies on its right side.</summary>
    private static double? ScoreOf(long rank, double[] together, List<(RankWindow Window, long Count)> parts)
    {
        var at = rank - parts.Sum(part => part.Window.First);
        if (at < 0 || at >= together.Length)
        {
            return null;
        }
        var score = together[at];
        var isCertain = parts.TrueForAll(part =>
            (part.Window.First == 0 || score >= part.Window.Scores[0])
            && (part.Window.First + part.Window.Scores.Length == part.Count || score <= part.Window.Scores[^1])
        );
        return isCertain ? score : null;
    }

    private static double RankOf(double percentile, long count) => percentile / 100 * (count - 1);
}
