namespace Scoring.Engine.Storage;

/// <summary>What the store holds of one partition. Written with every piece of a checkpoint, so a row that got lost is noticed.</summary>
/// <param name="LastEntry">Number of the newest entry that some row contains: the journal reaches at least as far. Entries count from 1 without gaps.</param>
/// <param name="CheckpointEntry">Entries up to this one are contained in the checkpointed rows and are not needed any more.</param>
/// <param name="WindowHead">Ordinal of the oldest event id of the duplicate window as of <paramref name="CheckpointEntry"/>.</param>
/// <param name="WindowTail">Ordinal after its newest.</param>
/// <param name="Rows">Checkpointed rows by workspace number.</param>
internal sealed record PartitionState(
    long LastEntry,
    long CheckpointEntry,
    long WindowHead,
    long WindowTail,
    IReadOnlyDictionary<int, RowCounts> Rows
)
{
    public static PartitionState Empty { get; } = new(0, 0, 0, 0, new Dictionary<int, RowCounts>());

    public RowCounts RowsOf(int workspace) => Rows.GetValueOrDefault(workspace);

    /// <summary>The same with other counts for one workspace.</summary>
    public PartitionState WithRows(int workspace, RowCounts counts) =>
        this with
        {
            Rows = new Dictionary<int, RowCounts>(Rows) { [workspace] = counts },
        };

    public void Write(BlobWriter target)
    {
        target.Int64(LastEntry);
        target.Int64(CheckpointEntry);
        target.Int64(WindowHead);
        target.Int64(WindowTail);
        foreach (var (workspace, counts) in Rows)
        {
            target.UInt16(workspace);
            target.Int32(counts.Customers);
            target.Int32(counts.Accounts);
        }
    }

    public static PartitionState Read(ReadOnlySpan<byte> content)
    {
        var reader = new BlobReader(content);
        var (last, checkpoint, head, tail) = (reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64());
        var rows = new Dictionary<int, RowCounts>();
        while (!reader.AtEnd)
        {
            rows.Add(reader.UInt16(), new(reader.Int32(), reader.Int32()));
        }
        return new(last, checkpoint, head, tail, rows);
    }
}

/// <summary>How many rows of a workspace are in the store.</summary>
internal readonly record struct RowCounts(int Customers, int Accounts);
