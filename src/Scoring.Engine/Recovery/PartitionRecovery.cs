using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Brings one partition back: checkpointed rows, the window of event ids, then the journal behind them.</summary>
/// <param name="store">A connection to the database for this partition alone.</param>
/// <param name="partition">The partition, empty.</param>
/// <param name="state">What the store says of it.</param>
/// <param name="journal">The journal, which is read meanwhile.</param>
internal sealed class PartitionRecovery(
    Store store,
    Partition partition,
    PartitionState state,
    Task<JournalContents> journal
)
{
    private long _customers;
    private long _replayed;

    /// <summary>Customers read so far; readable from any thread.</summary>
    public long Customers => Volatile.Read(ref _customers);

    /// <summary>Events and changes replayed so far; readable from any thread.</summary>
    public long Replayed => Volatile.Read(ref _replayed);

    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public void Run()
    {
        foreach (var share in partition.Shares)
        {
            share.Population.Reserve(state.RowsOf(share.Number).Customers);
        }
        LoadRows(
            Table.Customer,
            (share, entry, encoded) => share.LoadCustomer(entry, encoded),
            counts => counts.Customers
        );
        LoadRows(
            Table.Account,
            (share, entry, encoded) => share.LoadAccount(entry, encoded),
            counts => counts.Accounts
        );
        LoadWindow();
        partition.AppliedEntry = state.CheckpointEntry;
        Replay();
        foreach (var share in partition.Shares)
        {
            share.EndReplay();
            share.Population.Settle();
        }
    }

    private delegate int Load(WorkspaceShare share, long entry, ReadOnlySpan<byte> encoded);

    private void LoadRows(Table table, Load load, Func<RowCounts, int> expected)
    {
        var found = new int[partition.Shares.Count];
        store.Scan(
            table,
            RowId.Of(partition.Index, 0),
            RowId.Of(partition.Index + 1, 0) - 1,
            (id, content) =>
            {
                var number = RowId.Workspace(id);
                if (number >= partition.Shares.Count)
                {
                    throw new InvalidDataException("it belongs to a workspace that does not exist");
                }
                var reader = new BlobReader(content);
                var entry = reader.Int64();
                var row = load(partition.Shares[number], entry, reader.Rest);
                if (row != RowId.Row(id) || entry > state.LastEntry)
                {
                    throw new InvalidDataException("rows before it are missing");
                }
                found[number]++;
                Volatile.Write(ref _customers, _customers + (table == Table.Customer ? 1 : 0));
            }
        );
        for (var number = 0; number < found.Length; number++)
        {
            Expect(expected(state.RowsOf(number)), found[number], StoreSchema.Name(table));
        }
    }

    private void LoadWindow()
    {
        var (head, tail) = (state.WindowHead, state.WindowTail);
        partition.Window.StartAt(head, tail - head);
        var next = head / WindowBlock.Capacity;
        var end = (tail + WindowBlock.Capacity - 1) / WindowBlock.Capacity;
        if (head == tail)
        {
            return;
        }
        store.Scan(
            Table.EventId,
            RowId.Of(partition.Index, next),
            RowId.Of(partition.Index, end - 1),
            (id, content) =>
            {
                var block = WindowBlock.Read(content, out var count);
                var blockTail = Math.Min(tail, (next + 1) * WindowBlock.Capacity);
                if (RowId.Number(id) != next || count < blockTail - (next * WindowBlock.Capacity))
                {
                    throw new InvalidDataException("event ids before its end are missing");
                }
                partition.Window.Restore(block, blockTail);
                next++;
            }
        );
        partition.Window.EndRestoring();
        Expect(end, next, "blocks of event ids up to number");
    }

    private void Replay()
    {
        var outcomes = new List<CommandOutcome>();
        var buffer = Array.Empty<byte>();
        foreach (var entry in journal.GetAwaiter().GetResult().Entries[partition.Index])
        {
            if (buffer.Length < entry.Length)
            {
                buffer = new byte[entry.Length];
            }
            var content = buffer.AsSpan(0, entry.Length);
            if (entry.Segment.Read(content, entry.Offset) < entry.Length)
            {
                throw StoreFile.Damaged(entry.Segment.Path, "this file of its journal is cut short");
            }
            Apply(entry, content, outcomes);
        }
    }

    private void Apply(EntryPlace entry, ReadOnlySpan<byte> content, List<CommandOutcome> outcomes)
    {
        try
        {
            partition.Apply(entry.Number, content, outcomes);
        }
        catch (InvalidDataException e)
        {
            throw StoreFile.Damaged(
                entry.Segment.Path,
                $"the entry of its journal at byte {entry.Offset}: {e.Message.TrimEnd('.')}"
            );
        }
        var replayed = 0L;
        foreach (var outcome in outcomes)
        {
            replayed += outcome.Accepted + outcome.Duplicates + outcome.Rejections.Count;
        }
        Volatile.Write(ref _replayed, _replayed + replayed);
        outcomes.Clear();
    }

    private void Expect(long expected, long found, string what)
    {
        if (expected != found)
        {
            throw StoreFile.Damaged(
                store.Path,
                $"partition {partition.Index} has {found} {what} where {expected} are expected"
            );
        }
    }
}
