using System.ComponentModel;
using System.Globalization;

namespace Scoring.Server.Settings.Values;

/// <summary>A length of time, written such as 500ms, 30s, 5m, 1h, 7d or 00:01:30.</summary>
[Description("a duration such as 500ms, 30s, 5m, 1h or 7d")]
[TypeConverter(typeof(ParseConverter))]
internal readonly record struct Duration(TimeSpan Value) : IComparable
{
    private static readonly Units Units = new(
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay)
    );

    public static implicit operator TimeSpan(Duration duration) => duration.Value;

    /// <exception cref="FormatException">It is no duration.</exception>
    /// <exception cref="OverflowException">It is too long.</exception>
    public static Duration Parse(string text) =>
        new(
            text.Contains(':', StringComparison.Ordinal)
                ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
                : TimeSpan.FromTicks(Units.Parse(text))
        );

    public override string ToString() =>
        Value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? Units.Write(Value.Ticks) : Value.ToString();

    int IComparable.CompareTo(object? obj) => Value.CompareTo(((Duration)obj!).Value);
}
