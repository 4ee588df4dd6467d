using MathNet.Numerics.Distributions;

namespace Scoring.Core.Evaluation;

/// <summary>By how much the area of one score is larger than that of another one of the same subjects: DeLong's paired test.</summary>
/// <param name="Difference">The first area less the second.</param>
/// <param name="Variance">Its variance, which counts that both scores are of the same subjects.</param>
/// <param name="Lower">The lower end of its 95 % interval.</param>
/// <param name="Upper">The upper end.</param>
/// <param name="PValue">How likely a difference as large as this, in either direction, would be if there was none; 1 when both scores order all alike.</param>
public sealed record AreaDifference(double Difference, double Variance, double Lower, double Upper, double PValue)
{
    /// <summary>Compares two scores; null where one has no <see cref="AreaUnderRoc"/>.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other; of the same rows in the same order.</param>
    /// <exception cref="ArgumentException">The rows are others.</exception>
    public static AreaDifference? Of(Outcomes first, Outcomes second)
    {
        if (!first.Happened.SequenceEqual(second.Happened))
        {
            throw new ArgumentException("Both scores must be of the same subjects.", nameof(second));
        }
        if (first.Positives == 0 || first.Negatives == 0)
        {
            return null;
        }
        var (one, two) = (new Placements(first), new Placements(second));
        var variance = one.CovarianceWith(one) + two.CovarianceWith(two) - (2 * one.CovarianceWith(two));
        if (double.IsNaN(variance))
        {
            return null;
        }
        var difference = one.Area - two.Area;
        // What is left of the subtraction where both order all alike is rounding.
        variance = variance < 1e-18 ? 0 : variance;
        var error = Math.Sqrt(variance);
        var margin = AreaUnderRoc.Reach * error;
        var p =
            error > 0 ? 2 * Normal.CDF(mean: 0, stddev: 1, -Math.Abs(difference) / error)
            : difference == 0 ? 1
            : 0;
        return new(difference, variance, difference - margin, difference + margin, p);
    }
}
