using System.Globalization;

namespace Scoring.Cli.Import.Mapping;

/// <summary>
/// The forms that a file writes instants in. A form without an offset is UTC, one without a time of day is 00:00:00.
/// Forms are .NET custom date formats, or <c>unix</c> (seconds) and <c>unix_ms</c> (milliseconds) since 1970.
/// </summary>
internal sealed class TimestampFormats
{
    public const string UnixSeconds = "unix";
    public const string UnixMilliseconds = "unix_ms";

    private static readonly string[] Rfc3339 =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    private readonly string[] _formats;

    public TimestampFormats(IEnumerable<string> formats) => _formats = [.. formats];

    /// <summary>Dates and instants as in RFC 3339, with a blank or a T between date and time.</summary>
    public static TimestampFormats Default { get; } = new(Rfc3339);

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

    public override string ToString() => string.Join(", ", _formats);

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
