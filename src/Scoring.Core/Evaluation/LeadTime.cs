namespace Scoring.Core.Evaluation;

/// <summary>How long before it happened the scores gave warning.</summary>
/// <remarks>
/// A warning is to be in the likeliest tenth of a cut-off. The lead of something that happened is the time from the first cut-off with a warning, of those that it lay
/// in the horizon of.
/// </remarks>
/// <param name="Happened">How many things happened, each counted once however many cut-offs it lay in the horizon of.</param>
/// <param name="Warned">Of how many there was a warning.</param>
/// <param name="Median">The median of the leads; null without a warning.</param>
/// <param name="LowerQuartile">A quarter of the leads is no longer than this.</param>
/// <param name="UpperQuartile">A quarter is no shorter.</param>
public sealed record LeadTime(
    int Happened,
    int Warned,
    TimeSpan? Median,
    TimeSpan? LowerQuartile,
    TimeSpan? UpperQuartile
)
{
    /// <summary>Sums leads up.</summary>
    /// <param name="leads">Of each thing that happened the longest lead with a warning; null without one.</param>
    public static LeadTime Of(IEnumerable<TimeSpan?> leads)
    {
        TimeSpan?[] all = [.. leads];
        TimeSpan[] sorted = [.. all.OfType<TimeSpan>().Order()];
        return new(all.Length, sorted.Length, At(sorted, 0.5), At(sorted, 0.25), At(sorted, 0.75));
    }

    /// <summary>The quantile by linear interpolation between the nearest ranks.</summary>
    private static TimeSpan? At(TimeSpan[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return null;
        }
        var place = share * (sorted.Length - 1);
        var (below, above) = (sorted[(int)place], sorted[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - (int)place));
    }
}
