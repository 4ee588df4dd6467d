using System.Buffers;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>Writes what changed in one partition, slice by slice, while writes to it go on.</summary>
/// <remarks>
/// <para>
/// A checkpoint stands for the entry that was the newest applied one when it began. Rows are written as they are when their turn comes,
/// each with the newest entry applied by then, so a row may be ahead of the checkpoint, never behind; a replay skips what a row
/// contains. The window of event ids is written exactly as it was at the beginning. The last step, one small row, makes the whole
/// valid; before it, the checkpoint before this one and the journal behind that still hold.
/// </para>
/// <para>Rows are written in rising order, so that what is stored is always the first so many rows: none is missing between others.</para>
/// </remarks>
internal sealed class PartitionCheckpoint(Partition partition, PartitionState stored, RemovedRows removed)
{
    // Rows that are encoded while the gate is held: well below a millisecond.
    private const int RowsPerHold = 128;

    // Rows that changed may lie on a page each: even then a slice makes the commit that it shares only a little longer.
    private const int SliceBytes = 128 * 1_024;
    private const int BlocksPerSlice = 4;
    private const int BlocksPerRemoval = 64;

    /// <summary>The slices. Each must have been written before the next is asked for.</summary>
    public IEnumerable<CheckpointSlice> Slices()
    {
        long entry;
        WindowSnapshot window;
        lock (partition.Gate)
        {
            entry = partition.AppliedEntry;
            window = partition.Window.Snapshot(stored.WindowTail);
        }
        if (entry != stored.CheckpointEntry)
        {
            foreach (var slice in Additions(entry, window))
            {
                yield return slice;
            }
        }
        foreach (var slice in Removals(window.Head))
        {
            yield return slice;
        }
    }

    private IEnumerable<CheckpointSlice> Additions(long entry, WindowSnapshot window)
    {
        foreach (var slice in partition.Shares.SelectMany(RowsOf).Concat(BlocksOf(window)))
        {
            yield return slice;
        }
        yield return new CheckpointSlice(partition.Index)
        {
            Change = state =>
                state with
                {
                    LastEntry = Math.Max(state.LastEntry, entry),
                    CheckpointEntry = entry,
                    WindowHead = window.Head,
                    WindowTail = window.Tail,
                },
        };
    }

    private IEnumerable<CheckpointSlice> RowsOf(WorkspaceShare share)
    {
        int customers;
        int accounts;
        lock (partition.Gate)
        {
            (customers, accounts) = (share.Population.Count, share.Accounts.Count);
        }
        foreach (var slice in RowsOf(share, Table.Customer, share.DirtyCustomers, customers, share.Population.Write))
        {
            yield return slice;
        }
        var write = (int row, IBufferWriter<byte> target) => share.Accounts[row].Write(target);
        foreach (var slice in RowsOf(share, Table.Account, share.DirtyAccounts, accounts, write))
        {
            yield return slice;
        }
    }

    private IEnumerable<CheckpointSlice> RowsOf(
        WorkspaceShare share,
        Table table,
        DirtyRows dirty,
        int count,
        Action<int, IBufferWriter<byte>> write
    )
    {
        for (var next = 0; next >= 0; )
        {
            var slice = new CheckpointSlice(partition.Index);
            var taken = new List<int>();
            var newest = 0L;
            while (next >= 0 && slice.Bytes < SliceBytes)
            {
                (next, newest) = Encode(slice, share, table, dirty, next, count, write, taken);
            }
            if (slice.IsEmpty)
            {
                slice.Dispose();
                yield break;
            }
            slice.Change = state =>
                (state with { LastEntry = Math.Max(state.LastEntry, newest) }).WithRows(
                    share.Number,
                    Counts(state.RowsOf(share.Number), table, taken[^1] + 1)
                );
            slice.Undo = () => MarkAgain(dirty, taken);
            yield return slice;
        }
    }

    /// <summary>Encodes some rows under the gate; gives the row to go on from, -1 when there are no more, and the newest entry in them.</summary>
    private (int Next, long Newest) Encode(
        CheckpointSlice slice,
        WorkspaceShare share,
        Table table,
        DirtyRows dirty,
        int from,
        int count,
        Action<int, IBufferWriter<byte>> write,
        List<int> taken
    )
    {
        lock (partition.Gate)
        {
            for (var i = 0; i < RowsPerHold; i++)
            {
                var row = dirty.Take(from, count);
                if (row < 0)
                {
                    return (-1, partition.AppliedEntry);
                }
                taken.Add(row);
                var blob = slice.BeginRow();
                blob.Int64(partition.AppliedEntry);
                write(row, blob);
                slice.EndRow(table, RowId.Of(partition.Index, share.Number, row));
                from = row + 1;
            }
            return (from, partition.AppliedEntry);
        }
    }

    private void MarkAgain(DirtyRows dirty, List<int> rows)
    {
        lock (partition.Gate)
        {
            foreach (var row in rows)
            {
                dirty.Mark(row);
            }
        }
    }

    private static RowCounts Counts(RowCounts stored, Table table, int rows) =>
        table == Table.Customer
            ? stored with
            {
                Customers = Math.Max(stored.Customers, rows),
            }
            : stored with
            {
                Accounts = Math.Max(stored.Accounts, rows),
            };

    private IEnumerable<CheckpointSlice> BlocksOf(WindowSnapshot window)
    {
        for (var block = 0; block < window.Blocks.Count; )
        {
            var slice = new CheckpointSlice(partition.Index);
            for (var end = block + BlocksPerSlice; block < end && block < window.Blocks.Count; block++)
            {
                window.Blocks[block].Write(window.CountOf(block), slice.BeginRow());
                slice.EndRow(Table.EventId, RowId.Of(partition.Index, window.FirstBlock + block));
            }
            yield return slice;
        }
    }

    private IEnumerable<CheckpointSlice> Removals(long windowHead)
    {
        var endOfBlocks = windowHead / WindowBlock.Capacity;
        while (removed.Blocks < endOfBlocks)
        {
            var end = Math.Min(removed.Blocks + BlocksPerRemoval, endOfBlocks);
            yield return Removal(Table.EventId, removed.Blocks, end - 1);
            removed.Blocks = end;
        }
    }

    private CheckpointSlice Removal(Table table, long from, long to)
    {
        var slice = new CheckpointSlice(partition.Index);
        slice.Remove(table, RowId.Of(partition.Index, from), RowId.Of(partition.Index, to));
        return slice;
    }
}
