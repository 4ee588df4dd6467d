using MathNet.Numerics.Distributions;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>The straight line through a score's points, by least squares.</summary>
/// <remarks>
/// Ordinary least squares of the score on the time in days. The slope's standard error is the root of (sum of squared residuals / (n - 2)) / (sum of squared
/// deviations of the times), and has n - 2 degrees of freedom: Draper and Smith, Applied Regression Analysis, chapter 1.
/// </remarks>
/// <param name="SlopePerDay">How many points of score it rises a day.</param>
/// <param name="Lower">Lower end of the slope's 95 % interval, by Student's t; neighbouring points depend on each other, so it is too narrow rather than too wide.</param>
/// <param name="Upper">Its upper end.</param>
public sealed record ScoreTrend(double SlopePerDay, double Lower, double Upper)
{
    private const double Confidence = 0.95;
    private const int FewestPoints = 3;

    /// <summary>The line through points; null for fewer than three, or when all are of one instant.</summary>
    public static ScoreTrend? Through(IReadOnlyList<(Instant Time, double Score)> points)
    {
        if (points.Count < FewestPoints)
        {
            return null;
        }
        double[] days = [.. points.Select(point => (point.Time - points[0].Time).TotalDays)];
        var (middle, mean) = (days.Average(), points.Average(point => point.Score));
        var (ofTimes, ofBoth) = (0.0, 0.0);
        for (var i = 0; i < days.Length; i++)
        {
            ofTimes += (days[i] - middle) * (days[i] - middle);
            ofBoth += (days[i] - middle) * (points[i].Score - mean);
        }
        if (ofTimes == 0)
        {
            return null;
        }
        var slope = ofBoth / ofTimes;
        var residuals = 0.0;
        for (var i = 0; i < days.Length; i++)
        {
            var residual = points[i].Score - mean - (slope * (days[i] - middle));
            residuals += residual * residual;
        }
        var freedom = days.Length - 2;
        var error = Math.Sqrt(residuals / freedom / ofTimes);
        var margin = StudentT.InvCDF(location: 0, scale: 1, freedom, 0.5 + (Confidence / 2)) * error;
        return new(slope, slope - margin, slope + margin);
    }
}
