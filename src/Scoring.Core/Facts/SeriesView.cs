using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>A customer's events of one type: a series that counts them and, where one had another value than 1, one of their values behind it.</summary>
/// <remarks>
/// The first word, from its highest bit on: number of the event type (13 bits), whether values are summed up (1), UTC day of the newest event (16),
/// lifetime count (34).
/// </remarks>
/// <param name="words">The words of the series.</param>
/// <param name="stride">Words of a series that counts.</param>
internal readonly ref struct SeriesView(ReadOnlySpan<ulong> words, int stride)
{
    public const int TypeShift = 51;
    public const ulong HasValueBit = 1UL << (TypeShift - 1);

    /// <summary>Largest number of an event type.</summary>
    public const int MaxEventType = (1 << (64 - TypeShift)) - 1;

    /// <summary>Events that are counted; what comes beyond is not.</summary>
    public const long MaxCount = (1L << DayShift) - 1;

    /// <summary>Latest <see cref="NewestDay"/>.</summary>
    public const int MaxDay = ushort.MaxValue;

    private const int DayShift = 34;
    private const ulong DayBits = (ulong)MaxDay << DayShift;

    /// <summary>The words of the series.</summary>
    public ReadOnlySpan<ulong> Words { get; } = words;

    /// <summary>Number of the event type.</summary>
    public int EventType => (int)(Words[0] >> TypeShift);

    /// <summary>Whether values are summed up.</summary>
    public bool HasValues => (Words[0] & HasValueBit) != 0;

    /// <summary>The lifetime count.</summary>
    public long Count => CountOf(Words[0]);

    /// <summary>
    /// The UTC day of the newest event, from 1 for 1970-01-01 or earlier, up to 65,535 for 2149-06-05; 0 when it is not known, because a build recorded events that
    /// did not keep it.
    /// </summary>
    public int NewestDay => (int)(Words[0] >> DayShift) & MaxDay;

    /// <summary>The decayed counts, as the bits of doubles.</summary>
    public ReadOnlySpan<ulong> Decayed => Words[1..stride];

    /// <summary>The lifetime sum of values, a <see cref="ValueSum"/>.</summary>
    public ReadOnlySpan<ulong> Values => Words.Slice(stride, ValueSum.Words);

    /// <summary>The decayed sums of values, as the bits of doubles.</summary>
    public ReadOnlySpan<ulong> DecayedValues => Words[(stride + ValueSum.Words)..];

    /// <summary>The lifetime events.</summary>
    public SeriesTotal Total => new(Count, HasValues ? ValueSum.Value(Values) : null);

    /// <summary>The lifetime count that a first word says.</summary>
    public static long CountOf(ulong word) => (long)(word & MaxCount);

    /// <summary>What the first word says but for the day.</summary>
    public static (int EventType, bool HasValues, double Count) PartsOf(ulong word) =>
        ((int)(word >> TypeShift), (word & HasValueBit) != 0, CountOf(word));

    /// <summary>The first word of a series without values.</summary>
    public static ulong WordOf(int eventType, long count, int newestDay) =>
        ((ulong)eventType << TypeShift) | ((ulong)newestDay << DayShift) | (ulong)count;

    /// <summary>The first word of a series with an event more.</summary>
    /// <param name="word">The word.</param>
    /// <param name="day">The event's UTC day.</param>
    /// <param name="newest">
    /// The customer's newest event of any type. An event on its day is the newest of its type, also where of those before it no day is known; one on an earlier
    /// day perhaps is not, and makes none known.
    /// </param>
    public static ulong WithEvent(ulong word, int day, Instant newest)
    {
        var (count, before) = (CountOf(word), word & DayBits);
        var now = DayBitsOf(day);
        if (now > before && (before > 0 || count == 0 || newest.UtcDay == day))
        {
            word = (word & ~DayBits) | now;
        }
        return count < MaxCount ? word + 1 : word;
    }

    /// <summary>The first word of a series with the events of another one more.</summary>
    /// <param name="word">The word.</param>
    /// <param name="other">That of the other.</param>
    /// <param name="newest">The newest event of any type of both customers. Only on its day is the newest event known where one of the two has no day.</param>
    public static ulong Sum(ulong word, ulong other, Instant newest)
    {
        var (one, two) = (word & DayBits, other & DayBits);
        var areKnown = (one > 0 || CountOf(word) == 0) && two > 0;
        var day = areKnown || Math.Max(one, two) == DayBitsOf(newest.UtcDay) ? Math.Max(one, two) : 0;
        var count = Math.Min(MaxCount, CountOf(word) + CountOf(other));
        return (word & ~(DayBits | (ulong)MaxCount)) | day | (ulong)count;
    }

    private static ulong DayBitsOf(int day) => (ulong)(1 + Math.Clamp(day, 0, MaxDay - 1)) << DayShift;
}
