namespace Scoring.Postgres;

/// <summary>A row of the log: the entries of a partition in one group commit.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="First">Number of the first entry, the row's position.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Epoch">The claim under which it is appended.</param>
/// <param name="Next">
/// The table that the next row of the partition goes into, if it is still there, else the oldest that is. Everybody who has read this row so appends in
/// the same place, and a position is taken once although the log is several tables.
/// </param>
/// <param name="Content">Their stored form.</param>
internal readonly record struct LogRow(
    int Partition,
    long First,
    int Count,
    long Epoch,
    long Next,
    ReadOnlyMemory<byte> Content
)
{
    /// <summary>The table that it goes into; not known yet when it is 0.</summary>
    public long Generation { get; init; }

    /// <summary>Tells it from other rows and from damage.</summary>
    public long Checksum { get; init; }

    /// <summary>Number of its last entry.</summary>
    public long Last => First + Count - 1;
}
