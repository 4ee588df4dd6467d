using System.Globalization;

namespace Scoring.Rpc.Grpc;

/// <summary>The value of <c>grpc-timeout</c>: at most eight digits and a unit of H, M, S, m, u or n.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    private static readonly (char Name, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a timeout; nanoseconds are rounded up to ticks of 100 ns.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (
            text.Length is < 2 or > MaxDigits + 1
            // The parser of numbers would let zero characters at the end pass.
            || text[..^1].ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }

        if (text[^1] == 'n')
        {
            timeout = new TimeSpan((value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick);
            return true;
        }

        foreach (var (name, ticks) in Units)
        {
            if (name == text[^1])
            {
                timeout = new TimeSpan(value * ticks);
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a timeout in the finest unit that eight digits can hold, rounded up; what is negative is 0.</summary>
    public static string Format(TimeSpan timeout)
    {
        foreach (var (name, ticks) in Units)
        {
            var value = (Math.Max(0, timeout.Ticks) / ticks) + (timeout.Ticks > 0 && timeout.Ticks % ticks > 0 ? 1 : 0);
            if (value <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{name}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }
}
