using Scoring.Core.Models;

namespace Scoring.Core.Segments;

/// <summary>Shares by the engagement that bands stand for, in percent; they sum to 100.</summary>
/// <param name="Engaged">Percent in bands that count as engaged.</param>
/// <param name="SomewhatEngaged">Percent in bands that count as somewhat engaged.</param>
/// <param name="NotEngaged">Percent in bands that count as not engaged.</param>
public sealed record EngagementIndex(double Engaged, double SomewhatEngaged, double NotEngaged)
{
    /// <summary>The shares of a model's bands by what they say; null when there are no customers.</summary>
    internal static EngagementIndex? Of(long[] bandCounts, ScoringModel model)
    {
        var all = bandCounts.Sum();
        return all == 0
            ? null
            : new(Percent(Engagement.Engaged), Percent(Engagement.SomewhatEngaged), Percent(Engagement.NotEngaged));

        double Percent(Engagement engagement) =>
            100.0 * bandCounts.Where((_, band) => model.Bands[band].Engagement == engagement).Sum() / all;
    }
}
