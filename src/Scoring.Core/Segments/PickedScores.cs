namespace Scoring.Core.Segments;

/// <summary>Scores picked out of many to be looked at one by one, and the bands and buckets of those among them that lie in mixed cells.</summary>
internal sealed class PickedScores
{
    private readonly ArraySegment<double> _scores;

    /// <param name="scores">The scores, in a rented array.</param>
    /// <param name="by">The cells that they lie in.</param>
    public PickedScores(ArraySegment<double> scores, ScoreCells by)
    {
        _scores = scores;
        Bands = new long[by.Model.Bands.Count];
        Buckets = new long[by.Histogram.Buckets + 2];
        // Many customers may have the same score, 0 above all.
        var (last, band, bucket) = (double.NaN, 0, 0);
        foreach (var score in scores.AsSpan())
        {
            if (!by.Mixed[by.CellOf(score)])
            {
                continue;
            }
            if (score != last)
            {
                (last, band, bucket) = (score, by.Model.BandOf(score), by.Histogram.BucketOf(score));
            }
            Bands[band]++;
            Buckets[bucket]++;
        }
    }

    /// <summary>The array that the scores lie in.</summary>
    public double[] Rented => _scores.Array!;

    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>Scores of mixed cells by band.</summary>
    public long[] Bands { get; }

    /// <summary>Scores of mixed cells by bucket, the open ones included.</summary>
    public long[] Buckets { get; }
}
