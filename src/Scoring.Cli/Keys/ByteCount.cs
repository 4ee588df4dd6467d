using System.Globalization;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Keys;

/// <summary>Numbers of bytes as the settings of the server are written: 1048576, 512KiB or 16MiB.</summary>
internal static class ByteCount
{
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("GiB", 1L << 30),
        ("MiB", 1L << 20),
        ("KiB", 1L << 10),
        ("", 1),
    ];

    /// <summary>Reads a number of bytes; null when it is none.</summary>
    public static long? Parse(string text)
    {
        var (name, bytes) = Units.First(unit => text.EndsWith(unit.Name, StringComparison.OrdinalIgnoreCase));
        return
            long.TryParse(text[..^name.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= long.MaxValue / bytes
            ? count * bytes
            : null;
    }

    /// <summary>In the largest unit that it is a whole number of.</summary>
    public static string Of(long count)
    {
        var (name, bytes) = Units.First(unit => count % unit.Bytes == 0);
        return $"{Words.Count(count / bytes)} {(name.Length > 0 ? name : "bytes")}";
    }
}
