namespace Scoring.Core.Segments;

/// <summary>Figures of many scores.</summary>
internal static class Distribution
{
    /// <summary>The mean, and the root of the mean squared distance from it; there is at least one score.</summary>
    public static (double Mean, double Deviation) MeanAndDeviation(ReadOnlySpan<double> scores)
    {
        var sum = 0.0;
        foreach (var score in scores)
        {
            sum += score;
        }
        var mean = sum / scores.Length;
        var squares = 0.0;
        foreach (var score in scores)
        {
            squares += (score - mean) * (score - mean);
        }
        return (mean, Math.Sqrt(squares / scores.Length));
    }

    public static IReadOnlyList<HistogramBucket> Histogram(ReadOnlySpan<double> scores, HistogramSpec spec)
    {
        var counts = new long[spec.Buckets + 2];
        foreach (var score in scores)
        {
            counts[spec.BucketOf(score)]++;
        }
        var buckets = new HistogramBucket[counts.Length];
        for (var i = 0; i < buckets.Length; i++)
        {
            double? from = i == 0 ? null : spec.LowerEnd(i);
            double? to = i == buckets.Length - 1 ? null : spec.LowerEnd(i + 1);
            buckets[i] = new HistogramBucket(from, to, counts[i]);
        }
        return buckets;
    }

    /// <summary>
    /// Percentiles by linear interpolation between closest ranks: rank p / 100 x (n - 1), counted from 0. Hyndman and Fan, Sample
    /// Quantiles in Statistical Packages, The American Statistician 50 (1996), type 7. Reorders the scores, of which there is at least one.
    /// </summary>
    public static IReadOnlyList<Percentile> Percentiles(Span<double> scores, IReadOnlyList<double> percentiles)
    {
        var found = new Percentile[percentiles.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var rank = percentiles[i] / 100 * (scores.Length - 1);
            var lower = (int)Math.Floor(rank);
            var low = Select(scores, lower);
            // All that stand behind a selected place are not lower: the next rank is the least of them.
            var high = lower + 1 < scores.Length ? Min(scores[(lower + 1)..]) : low;
            found[i] = new Percentile(percentiles[i], low + ((rank - lower) * (high - low)));
        }
        return found;
    }

    /// <summary>
    /// Puts the score of a rank in its place, none greater before it and none less behind it. Hoare's FIND (CACM 4, 1961) with the
    /// median of three as pivot; sorts what is left should the pivots be chosen badly, so hostile input costs n log n.
    /// </summary>
    internal static double Select(Span<double> scores, int rank)
    {
        var (first, last) = (0, scores.Length - 1);
        for (var rounds = 64; first < last; rounds--)
        {
            if (rounds == 0)
            {
                scores[first..(last + 1)].Sort();
                break;
            }
            var pivot = MedianOfThree(scores[first], scores[first + ((last - first) / 2)], scores[last]);
            var (up, down) = (first, last);
            while (up <= down)
            {
                while (scores[up] < pivot)
                {
                    up++;
                }
                while (scores[down] > pivot)
                {
                    down--;
                }
                if (up <= down)
                {
                    (scores[up], scores[down]) = (scores[down], scores[up]);
                    up++;
                    down--;
                }
            }
            if (rank <= down)
            {
                last = down;
            }
            else if (rank >= up)
            {
                first = up;
            }
            else
            {
                break;
            }
        }
        return scores[rank];
    }

    private static double Min(ReadOnlySpan<double> scores)
    {
        var least = scores[0];
        foreach (var score in scores)
        {
            least = Math.Min(least, score);
        }
        return least;
    }

    private static double MedianOfThree(double a, double b, double c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
