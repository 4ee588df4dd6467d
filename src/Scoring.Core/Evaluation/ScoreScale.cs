namespace Scoring.Core.Evaluation;

/// <summary>Two forms of a score, each with mean 0 and deviation 1 over the scores that it was made of: the score, and its logarithm above the lowest.</summary>
internal sealed class ScoreScale
{
    private readonly double _lowest;
    private readonly double _unit;
    private readonly (double Mean, double Deviation) _plain;
    private readonly (double Mean, double Deviation) _logarithm;

    private ScoreScale(ReadOnlySpan<double> scores)
    {
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        _lowest = sorted[0];
        // A tenth of the way to the median: where the scores are dense, the logarithm tells them apart.
        var toMedian = (sorted[sorted.Length / 2] - _lowest) / 10;
        _unit = toMedian > 0 ? toMedian : 1;
        _plain = Spread(sorted);
        _logarithm = Spread(Array.ConvertAll(sorted, Logarithm));
    }

    /// <summary>The scale of some scores, at least one.</summary>
    public static ScoreScale Of(ReadOnlySpan<double> scores) => new(scores);

    /// <summary>The two forms of a score.</summary>
    public double[] Features(double score) => [In(_plain, score), In(_logarithm, Logarithm(score))];

    private double Logarithm(double score) => Math.Log(1 + (Math.Max(score - _lowest, 0) / _unit));

    private static double In((double Mean, double Deviation) spread, double value) =>
        spread.Deviation > 0 ? (value - spread.Mean) / spread.Deviation : 0;

    private static (double Mean, double Deviation) Spread(double[] values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Length));
    }
}
