namespace Scoring.Core.Segments;

/// <summary>Equal buckets between two scores; what lies outside falls into two open buckets at the ends.</summary>
/// <param name="From">Lower end of the first closed bucket, inclusive.</param>
/// <param name="To">Upper end of the last closed bucket, exclusive; above <paramref name="From"/>.</param>
/// <param name="Buckets">Number of closed buckets, 1 to 1,000.</param>
public sealed record HistogramSpec(double From, double To, int Buckets)
{
    /// <summary>Buckets of width 10 from -50 to 150.</summary>
    public static HistogramSpec Default { get; } = new(-50, 150, 20);

    /// <summary>Lower end of a bucket, counted from 0 for the open one below <see cref="From"/>.</summary>
    public double LowerEnd(int bucket) => bucket > Buckets ? To : From + ((bucket - 1) * (To - From) / Buckets);

    /// <summary>The buckets with their counts, the open ones first and last.</summary>
    internal IReadOnlyList<HistogramBucket> WithCounts(long[] counts)
    {
        var buckets = new HistogramBucket[counts.Length];
        for (var i = 0; i < buckets.Length; i++)
        {
            double? from = i == 0 ? null : LowerEnd(i);
            double? to = i == buckets.Length - 1 ? null : LowerEnd(i + 1);
            buckets[i] = new HistogramBucket(from, to, counts[i]);
        }
        return buckets;
    }
}
