using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Times;

namespace Scoring.Cli.Keys;

/// <summary>When a key expires, as people write it: in 90d or 12h, or at an instant.</summary>
internal static class Expiry
{
    private const int MostDays = 36_500;

    /// <summary>Reads it; null when it is neither.</summary>
    public static Timestamp? Parse(string text, DateTimeOffset now) =>
        LifetimeOf(text) is { } lifetime ? Timestamp.FromDateTimeOffset(now + lifetime)
        : TimestampFormats.Default.TryParse(text, out var time) ? Timestamp.FromDateTimeOffset(time)
        : null;

    private static TimeSpan? LifetimeOf(string text) =>
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
