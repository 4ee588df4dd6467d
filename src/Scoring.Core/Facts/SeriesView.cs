namespace Scoring.Core.Facts;

/// <summary>A customer's events of one type: a series that counts them and, where one had another value than 1, one of their values behind it.</summary>
/// <param name="words">The words of the series.</param>
/// <param name="stride">Words of a series that counts.</param>
internal readonly ref struct SeriesView(ReadOnlySpan<ulong> words, int stride)
{
    public const int TypeShift = 49;
    public const ulong HasValueBit = 1UL << (TypeShift - 1);

    /// <summary>The words of the series.</summary>
    public ReadOnlySpan<ulong> Words { get; } = words;

    /// <summary>Number of the event type.</summary>
    public int EventType => (int)(Words[0] >> TypeShift);

    /// <summary>Whether values are summed up.</summary>
    public bool HasValues => (Words[0] & HasValueBit) != 0;

    /// <summary>The lifetime count.</summary>
    public long Count => (long)(Words[0] & (HasValueBit - 1));

    /// <summary>The decayed counts, as the bits of doubles.</summary>
    public ReadOnlySpan<ulong> Decayed => Words[1..stride];

    /// <summary>The lifetime sum of values, a <see cref="ValueSum"/>.</summary>
    public ReadOnlySpan<ulong> Values => Words.Slice(stride, ValueSum.Words);

    /// <summary>The decayed sums of values, as the bits of doubles.</summary>
    public ReadOnlySpan<ulong> DecayedValues => Words[(stride + ValueSum.Words)..];

    /// <summary>The lifetime events.</summary>
    public SeriesTotal Total => new(Count, HasValues ? ValueSum.Value(Values) : null);

    /// <summary>What the first word says: the event type, whether values are summed up, the lifetime count.</summary>
    public static (int EventType, bool HasValues, double Count) CountOf(ulong word) =>
        ((int)(word >> TypeShift), (word & HasValueBit) != 0, (long)(word & (HasValueBit - 1)));
}
