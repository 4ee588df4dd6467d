using System.Globalization;

namespace Scoring.Cli.Times;

/// <summary>A length of time as people write it: 90d or 12h.</summary>
internal static class DaysOrHours
{
    private const int MostDays = 36_500;

    /// <summary>The length; null where the text is none.</summary>
    public static TimeSpan? Parse(string text) =>
        text is [.. var digits, var unit]
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (unit, count) switch
            {
                ('d', >= 1 and <= MostDays) => TimeSpan.FromDays(count),
                ('h', >= 1 and <= MostDays * 24) => TimeSpan.FromHours(count),
                _ => null,
            }
            : null;
}
