using System.Globalization;
using Scoring.V1;

namespace Scoring.Cli.Terminal;

/// <summary>A trend in a sentence, which says nothing that may be chance.</summary>
internal static class TrendText
{
    /// <param name="trend">The trend; null for none.</param>
    /// <param name="what">What moves, for example "score".</param>
    public static string Of(ScoreTrend? trend, string what)
    {
        if (trend is null)
        {
            return "Fewer than three points show no trend.";
        }

        var interval = $"(95 %: {Slope(trend.LowerBound)} to {Slope(trend.UpperBound)})";
        return trend switch
        {
            { LowerBound: > 0 } => $"The {what} rises by {Words.Fine(trend.SlopePerDay)} a day {interval}.",
            { UpperBound: < 0 } => $"The {what} falls by {Words.Fine(-trend.SlopePerDay)} a day {interval}.",
            _ => $"The {what} neither rises nor falls for sure: {Slope(trend.SlopePerDay)} a day {interval}.",
        };
    }

    private static string Slope(double perDay) => perDay.ToString("+#,0.###;-#,0.###;0", CultureInfo.InvariantCulture);
}
