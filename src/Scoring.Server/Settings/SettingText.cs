using System.Globalization;
using System.Net;
using System.Text;
using Scoring.Core;
using Scoring.Rpc;

namespace Scoring.Server.Settings;

/// <summary>Reads the texts of settings. What is wrong is said by a <see cref="FormatException"/> that tells what it must be.</summary>
internal static class SettingText
{
    private static readonly (string Suffix, TimeSpan Unit)[] TimeUnits =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Suffix, long Unit)[] ByteUnits =
    [
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("", 1),
    ];

    public static int Whole(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= min
        && number <= max
            ? number
            : throw new FormatException($"must be a whole number, {min:N0} to {max:N0}");

    public static long Bytes(string text, long min, long max)
    {
        var (suffix, unit) = ByteUnits.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var isNumber = long.TryParse(
            text.AsSpan()[..^suffix.Length].TrimEnd(' '),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        );
        return isNumber && number <= max / unit && number * unit >= min
            ? number * unit
            : throw new FormatException($"must be a size such as 65536, 64KiB or 16MiB, {min:N0} to {max:N0} bytes");
    }

    public static TimeSpan Duration(string text, TimeSpan min, TimeSpan max)
    {
        var duration = ReadDuration(text);
        return duration >= min && duration <= max
            ? duration.Value
            : throw new FormatException(
                $"must be a duration such as 500ms, 30s, 5m, 1h or 7d, {Write(min)} to {Write(max)}"
            );
    }

    public static IPEndPoint Endpoint(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        var isPort = ushort.TryParse(
            text.AsSpan()[(colon + 1)..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var port
        );
        var address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            // An IPv6 address needs its brackets, or its last group would be taken for the port.
            _ when host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') => null,
            _ => IPAddress.TryParse(host, out var parsed) ? parsed : null,
        };
        return isPort && address is not null
            ? new IPEndPoint(address, port)
            : throw new FormatException(
                "must be address:port such as 127.0.0.1:5081, [::1]:5081 or *:5081 (all addresses); port 0 takes a free one"
            );
    }

    public static bool Flag(string text) =>
        bool.TryParse(text, out var flag) ? flag : throw new FormatException("must be true or false");

    public static Uri HttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "http" || url.Scheme == "https")
            ? url
            : throw new FormatException("must be an absolute http or https URL such as http://127.0.0.1:4317");

    public static string OtlpProtocol(string text) =>
        text is "grpc" or "http/protobuf" ? text : throw new FormatException("must be grpc or http/protobuf");

    /// <summary>Origins as browsers write them.</summary>
    public static IReadOnlyList<string> Origins(string text)
    {
        var origins = new List<string>();
        foreach (var item in List(text))
        {
            origins.Add(
                RpcCors.TryParseOrigin(item, out var origin)
                    ? origin
                    : throw new FormatException(
                        "must be origins such as https://app.example or http://localhost:3000, without a path, or *"
                    )
            );
        }
        return origins;
    }

    public static Durability Durability(string text) =>
        text.ToUpperInvariant() switch
        {
            "ONDISK" => Core.Durability.OnDisk,
            "INOSCACHE" => Core.Durability.InOsCache,
            _ => throw new FormatException("must be OnDisk or InOsCache"),
        };

    public static string Path(string text) =>
        text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : throw new FormatException("must be a path");

    public static string Name(string text) =>
        text.Length is >= 1 and <= 64
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')
            ? text
            : throw new FormatException("must be 1 to 64 lower-case letters, digits, '_' or '-'");

    public static IReadOnlyList<string> Names(string text, int max)
    {
        var names = List(text);
        var areGood = names.All(name =>
            Encoding.UTF8.GetByteCount(name) <= Limits.NameBytes && !name.Any(char.IsControl)
        );
        return areGood && names.Count <= max && names.Distinct(StringComparer.Ordinal).Count() == names.Count
            ? names
            : throw new FormatException(
                $"must be at most {max:N0} different names of 1 to {Limits.NameBytes} bytes without control characters"
            );
    }

    public static IReadOnlyList<int> HalfLives(string text)
    {
        var days = List(text)
            .Select(item => int.TryParse(item, CultureInfo.InvariantCulture, out var d) ? d : 0)
            .ToList();
        var areGood = days.Count is >= 1 and <= 8 && days.All(d => d is >= 1 and <= 3_650);
        return areGood && days.Zip(days.Skip(1)).All(pair => pair.First < pair.Second)
            ? days
            : throw new FormatException("must be 1 to 8 rising whole numbers of days, each 1 to 3,650, such as 7,30");
    }

    private static TimeSpan? ReadDuration(string text)
    {
        foreach (var (suffix, unit) in TimeUnits)
        {
            if (
                text.EndsWith(suffix, StringComparison.Ordinal)
                && int.TryParse(
                    text.AsSpan()[..^suffix.Length],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var n
                )
            )
            {
                return n * unit;
            }
        }
        return
            text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            ? span
            : null;
    }

    private static string Write(TimeSpan duration)
    {
        var (suffix, unit) = TimeUnits.Last(unit => duration.Ticks % unit.Unit.Ticks == 0);
        return duration == TimeSpan.Zero ? "0s" : $"{duration.Ticks / unit.Ticks}{suffix}";
    }

    private static List<string> List(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
