namespace Scoring.Engine.Archive;

/// <summary>What times of a chunk are counted in: the largest unit of which all are whole multiples.</summary>
/// <param name="Code">How it is stored, 0 to 3.</param>
internal readonly record struct TimeUnit(int Code)
{
    private static ReadOnlySpan<long> TicksOfUnits =>
        [1, TimeSpan.TicksPerMicrosecond, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond];

    /// <summary>Its length: a tick, a microsecond, a millisecond or a second.</summary>
    public long Ticks => TicksOfUnits[Code];

    /// <summary>How many low bytes of the time between two events are stored apart: of about a minute.</summary>
    public int LowBytes => Math.Min(4 - Code, 3);

    public static TimeUnit Of(ReadOnlySpan<ArchivedEvent> events)
    {
        var code = TicksOfUnits.Length - 1;
        foreach (ref readonly var item in events)
        {
            while (item.OccurredAt.Ticks % TicksOfUnits[code] != 0)
            {
                code--;
            }
        }
        return new(code);
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static TimeUnit Read(byte code) =>
        code < TicksOfUnits.Length ? new(code) : throw new InvalidDataException("A unit of time is unknown.");

    /// <summary>The second that an instant lies in, counted from 1970-01-01T00:00:00Z.</summary>
    public static long SecondOf(long ticks)
    {
        var second = ticks / TimeSpan.TicksPerSecond;
        return second + ((ticks - (second * TimeSpan.TicksPerSecond)) >> 63);
    }
}
