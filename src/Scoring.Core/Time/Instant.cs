using System.Globalization;

namespace Scoring.Core.Time;

/// <summary>A point on the UTC time line.</summary>
/// <remarks>
/// Resolution is 100 nanoseconds. The default value is 1970-01-01T00:00:00Z. Instants order by time; nothing here knows of
/// time zones, and days are always UTC days.
/// </remarks>
/// <param name="Ticks">100-nanosecond ticks since 1970-01-01T00:00:00Z, negative before it.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>Earlier than every other instant; stands for "never" where a newest event is asked for.</summary>
    public static Instant MinValue { get; } = new(long.MinValue);

    /// <summary>The UTC day that the instant lies in, counted from 1970-01-01 = 0.</summary>
    public int UtcDay => (int)((Ticks - (Ticks < 0 ? TimeSpan.TicksPerDay - 1 : 0)) / TimeSpan.TicksPerDay);

    /// <summary>The later of two instants.</summary>
    public static Instant Max(Instant first, Instant second) => first.Ticks >= second.Ticks ? first : second;

    /// <summary>The instant of a date and time.</summary>
    public static Instant From(DateTimeOffset time) => new(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks);

    /// <summary>The instant as a date and time in UTC.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies outside the years 1 to 9999.</exception>
    public DateTimeOffset ToDateTimeOffset() => new(checked(Ticks + DateTimeOffset.UnixEpoch.Ticks), TimeSpan.Zero);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>The instant in ISO 8601, for example 2025-01-01T00:00:00.0000000Z.</summary>
    public override string ToString() =>
        this == MinValue ? "never" : ToDateTimeOffset().UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The instant a time span later.</summary>
    public static Instant operator +(Instant instant, TimeSpan span) => new(checked(instant.Ticks + span.Ticks));

    /// <summary>The instant a time span earlier.</summary>
    public static Instant operator -(Instant instant, TimeSpan span) => new(checked(instant.Ticks - span.Ticks));

    /// <summary>The time from the second instant to the first.</summary>
    public static TimeSpan operator -(Instant end, Instant start) => new(checked(end.Ticks - start.Ticks));

    /// <summary>Whether the first instant is the earlier one.</summary>
    public static bool operator <(Instant first, Instant second) => first.Ticks < second.Ticks;

    /// <summary>Whether the first instant is the later one.</summary>
    public static bool operator >(Instant first, Instant second) => first.Ticks > second.Ticks;

    /// <summary>Whether the first instant is not the later one.</summary>
    public static bool operator <=(Instant first, Instant second) => first.Ticks <= second.Ticks;

    /// <summary>Whether the first instant is not the earlier one.</summary>
    public static bool operator >=(Instant first, Instant second) => first.Ticks >= second.Ticks;
}
