using MathNet.Numerics.Distributions;

namespace Scoring.Core.Evaluation;

/// <summary>The area under the ROC curve: how likely somebody that it happens to has a higher score than somebody that it does not happen to, a tie being half.</summary>
/// <remarks>The interval is the normal one with DeLong's variance, cut off at 0 and 1, as that of pROC; where subjects have several rows, with Obuchowski's.</remarks>
/// <param name="Area">The area, 0 to 1; scores that say nothing have 0.5.</param>
/// <param name="Variance">Its variance.</param>
/// <param name="Lower">The lower end of its 95 % interval.</param>
/// <param name="Upper">The upper end.</param>
public sealed record AreaUnderRoc(double Area, double Variance, double Lower, double Upper)
{
    /// <summary>How many standard errors a 95 % interval reaches to either side.</summary>
    internal static readonly double Reach = Normal.InvCDF(mean: 0, stddev: 1, 0.975);

    /// <summary>The area of some outcomes; null unless at least two subjects are of each kind.</summary>
    public static AreaUnderRoc? Of(Outcomes outcomes)
    {
        if (outcomes.Positives == 0 || outcomes.Negatives == 0)
        {
            return null;
        }
        var placements = new Placements(outcomes);
        return Of(placements.Area, placements.CovarianceWith(placements));
    }

    private static AreaUnderRoc? Of(double area, double variance)
    {
        var margin = Reach * Math.Sqrt(Math.Max(variance, 0));
        return double.IsNaN(variance)
            ? null
            : new(area, Math.Max(variance, 0), Math.Max(area - margin, 0), Math.Min(area + margin, 1));
    }
}
