using System.Globalization;

namespace Scoring.Cli.Times;

/// <summary>
/// The forms that instants are written in, on the command line and in files: a form without an offset is UTC, one without a time of day is
/// 00:00:00. Forms are .NET custom date formats, or <c>unix</c> (seconds) and <c>unix_ms</c> (milliseconds) since 1970.
/// </summary>
internal sealed class TimestampFormats
{
    private const string UnixSeconds = "unix";
    private const string UnixMilliseconds = "unix_ms";
    private const string Iso8601 = "ISO 8601 (2025-01-31 or 2025-01-31T12:30:00Z)";

    private static readonly string[] DatesAndTimes =
    [
        "yyyy-MM-dd",
        .. from separator in new[] { "'T'", " " }
        from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" }
        from offset in new[] { "", "K" }
        select $"yyyy-MM-dd{separator}{time}{offset}",
    ];

    private readonly string[] _formats;

    public TimestampFormats(IEnumerable<string> formats) => _formats = [.. formats];

    /// <summary>
    /// ISO 8601 in its extended form: a date, or date and time to the minute, the second or a fraction of it, with a blank or a T between them, and
    /// with Z, an offset or neither.
    /// </summary>
    public static TimestampFormats Default { get; } = new(DatesAndTimes);

    /// <summary>Whether a text is a form that there can be.</summary>
    public static bool IsFormat(string format)
    {
        try
        {
            return format is UnixSeconds or UnixMilliseconds
                || (
                    format.Contains('y', StringComparison.Ordinal)
                    && DateTimeOffset.UnixEpoch.ToString(format, CultureInfo.InvariantCulture).Length > 0
                );
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads an instant.</summary>
    public bool TryParse(string text, out DateTimeOffset instant)
    {
        var trimmed = text.AsSpan().Trim();
        foreach (var format in _formats)
        {
            if (TryParse(trimmed, format, out instant))
            {
                return true;
            }
        }

        instant = default;
        return false;
    }

    public override string ToString() => this == Default ? Iso8601 : string.Join(", ", _formats);

    private static bool TryParse(ReadOnlySpan<char> text, string format, out DateTimeOffset instant)
    {
        if (format is not (UnixSeconds or UnixMilliseconds))
        {
            return DateTimeOffset.TryParseExact(
                text,
                format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out instant
            );
        }

        instant = default;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var milliseconds = format == UnixSeconds ? number * 1000 : number;
        if (!(Math.Abs(milliseconds) < 1e14))
        {
            return false;
        }

        instant = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(milliseconds));
        return true;
    }
}
