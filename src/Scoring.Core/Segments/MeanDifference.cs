using MathNet.Numerics.Distributions;

namespace Scoring.Core.Segments;

/// <summary>How the mean score of a segment differs from that of another, taken as two independent samples.</summary>
/// <remarks>
/// Welch, The generalization of "Student's" problem when several different population variances are involved, Biometrika 34 (1947), with the degrees of
/// freedom of Satterthwaite; Hedges, Distribution theory for Glass's estimator of effect size and related estimators, Journal of Educational Statistics 6 (1981).
/// </remarks>
/// <param name="Difference">The mean of the segment less that of the other.</param>
/// <param name="Lower">Lower end of the 95 % interval; null where either has fewer than two customers.</param>
/// <param name="Upper">Upper end of it.</param>
/// <param name="EffectSize">Hedges' g; null where either has fewer than two customers, or no score differs from another.</param>
public sealed record MeanDifference(double Difference, double? Lower, double? Upper, double? EffectSize)
{
    private const double Confidence = 0.95;

    /// <summary>The difference between two segments; null where either has no customers.</summary>
    public static MeanDifference? Between(SegmentStatistics segment, SegmentStatistics other)
    {
        if (segment.Mean is not { } mean || other.Mean is not { } otherMean)
        {
            return null;
        }
        var difference = mean - otherMean;
        if (segment.Customers < 2 || other.Customers < 2)
        {
            return new(difference, null, null, null);
        }
        var (n, m) = ((double)segment.Customers, (double)other.Customers);
        var (variance, otherVariance) = (VarianceOf(segment), VarianceOf(other));
        var (error, otherError) = (variance / n, otherVariance / m);
        var margin = MarginOf(error, n, otherError, m);
        var pooled = Math.Sqrt((((n - 1) * variance) + ((m - 1) * otherVariance)) / (n + m - 2));
        // What makes the estimate of few customers free of bias.
        var correction = 1 - (3 / ((4 * (n + m)) - 9));
        return new(
            difference,
            difference - margin,
            difference + margin,
            pooled > 0 ? difference / pooled * correction : null
        );
    }

    /// <summary>The variance that a sample tells of what it is drawn from.</summary>
    private static double VarianceOf(SegmentStatistics segment) =>
        Math.Pow(segment.StandardDeviation!.Value, 2) * segment.Customers / (segment.Customers - 1);

    private static double MarginOf(double error, double n, double otherError, double m)
    {
        var sum = error + otherError;
        if (sum == 0)
        {
            return 0;
        }
        var freedom = sum * sum / ((error * error / (n - 1)) + (otherError * otherError / (m - 1)));
        return StudentT.InvCDF(location: 0, scale: 1, freedom, 0.5 + (Confidence / 2)) * Math.Sqrt(sum);
    }
}
