using Scoring.Engine.Duplicates;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Brings one partition back: checkpointed rows, the window of event ids, then the journal behind them.</summary>
internal sealed class PartitionRecovery(Store store, Partition partition, PartitionState state)
{
    private long _customers;
    private long _replayed;

    /// <summary>Customers read so far; readable from any thread.</summary>
    public long Customers => Volatile.Read(ref _customers);

    /// <summary>Events and changes replayed so far; readable from any thread.</summary>
    public long Replayed => Volatile.Read(ref _replayed);

    /// <summary>Bytes of journal that were replayed.</summary>
    public long JournalBytes { get; private set; }

    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public void Run()
    {
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
        partition.Window.StartAt(head);
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
        Expect(end, next, "blocks of event ids up to number");
    }

    private void Replay()
    {
        var next = state.CheckpointEntry + 1;
        var outcomes = new List<CommandOutcome>();
        store.Scan(
            Table.Journal,
            RowId.Of(partition.Index, next),
            RowId.Of(partition.Index + 1, 0) - 1,
            (id, content) =>
            {
                if (RowId.Number(id) != next)
                {
                    throw new InvalidDataException($"journal entry {next} is missing");
                }
                partition.Apply(next, content, outcomes);
                JournalBytes += content.Length;
                Volatile.Write(
                    ref _replayed,
                    _replayed + outcomes.Sum(o => o.Accepted + o.Duplicates + o.Rejections.Count)
                );
                outcomes.Clear();
                next++;
            }
        );
        Expect(state.LastEntry, next - 1, "journal entries up to number");
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
