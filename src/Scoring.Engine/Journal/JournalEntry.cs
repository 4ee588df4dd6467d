namespace Scoring.Engine.Journal;

/// <summary>Commands of one partition that stand together in a frame and are applied in one go.</summary>
internal sealed class JournalEntry(JournalFrame frame, int partition, long number, int start) : IDisposable
{
    /// <summary>
    /// Size from which on the next command opens another entry: large enough that an entry costs nothing beside its bytes, small enough to be
    /// applied within about a millisecond.
    /// </summary>
    public const int FullBytes = 64 * 1_024;

    private int _end = start;

    public int Partition { get; } = partition;

    /// <summary>Number in the partition.</summary>
    public long Number { get; } = number;

    /// <summary>Where its commands begin in the frame.</summary>
    public int Start { get; } = start;

    public List<WritePart> Parts { get; } = [];

    public bool IsFull => _end - Start >= FullBytes;

    /// <summary>The commands; until the entry is disposed of.</summary>
    public ReadOnlySpan<byte> Content => frame.Slice(Start, _end - Start);

    public void Add(WritePart part, int end)
    {
        Parts.Add(part);
        _end = end;
    }

    public void Dispose() => frame.Dispose();
}
