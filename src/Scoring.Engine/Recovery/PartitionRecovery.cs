using Scoring.Core.Populations;
using Scoring.Engine.Archive;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Brings one partition back: checkpointed rows, the window of event ids, then the journal behind them.</summary>
/// <param name="store">The checkpoints.</param>
/// <param name="partition">The partition, empty.</param>
/// <param name="state">What the store says of it.</param>
/// <param name="journal">The log, which may be being opened still.</param>
/// <param name="progress">Is told how far it is.</param>
internal sealed class PartitionRecovery(
    ICheckpointStore store,
    Partition partition,
    PartitionState state,
    Task<IPartitionLog> journal,
    RecoveryProgress progress
)
{
    /// <summary>Bytes of the entries replayed.</summary>
    public long Bytes { get; private set; }

    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public void Run()
    {
        foreach (var share in partition.Shares)
        {
            share.Population.Reserve(state.RowsOf(share.Number).Customers);
        }
        LoadRows();
        LoadWindow();
        RequireArchives();
        partition.Outcomes = new(state.CheckpointEntry, state.OutcomeDigest);
        partition.Decided = new(state.LastEntry, state.Refused);
        partition.LastReceipt = state.LastReceipt;
        Replay();
        EndReplay();
    }

    /// <summary>Goes on with entries that somebody else appended meanwhile.</summary>
    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public static void CatchUp(Partition partition, IPartitionLog log)
    {
        var outcomes = new List<CommandOutcome>();
        foreach (var entry in log.Read(partition.Index, partition.AppliedEntry))
        {
            partition.Apply(entry.Number, entry.Content.Span, outcomes);
            outcomes.Clear();
        }
    }

    private void EndReplay()
    {
        partition.EndDecided();
        foreach (var share in partition.Shares)
        {
            share.EndReplay();
            share.Population.Settle();
        }
    }

    private void LoadRows()
    {
        // The newest first: of two rows that are the same, that file's holds.
        var cursors = new List<RowCursor>();
        try
        {
            foreach (var file in state.Files.Where(f => f.HoldsRows).Reverse())
            {
                cursors.Add(new(new SnapshotReader(store, partition.Index, file)));
            }
            while (First(cursors) is { } first)
            {
                Load(first);
                var row = first.Row;
                foreach (var cursor in cursors)
                {
                    if (!cursor.AtEnd && cursor.Row == row)
                    {
                        cursor.MoveNext();
                    }
                }
            }
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
        }
        foreach (var share in partition.Shares)
        {
            var expected = state.RowsOf(share.Number);
            Expect(expected.Customers, share.Population.Rows, "rows of customers");
            Expect(expected.Accounts, share.Accounts.Rows, "rows of accounts");
        }
    }

    private static RowCursor? First(List<RowCursor> cursors)
    {
        RowCursor? first = null;
        foreach (var cursor in cursors)
        {
            if (!cursor.AtEnd && (first is null || cursor.Row.Key < first.Row.Key))
            {
                first = cursor;
            }
        }
        return first;
    }

    private void Load(RowCursor stored)
    {
        var row = stored.Row;
        if (row.Workspace >= partition.Shares.Count)
        {
            throw stored.Malformed("it has a row of a workspace that does not exist");
        }
        var share = partition.Shares[row.Workspace];
        try
        {
            var loaded = row.Kind switch
            {
                RowKind.Customer when OlderCustomer.Is(stored.Content) => LoadOlder(share, stored),
                RowKind.Customer => share.LoadCustomer(stored.Entry, stored.Content),
                RowKind.Account => share.LoadAccount(stored.Entry, stored.Content),
                _ => share.LoadNames(stored.Content),
            };
            if (loaded != row.Row || stored.Entry > state.LastEntry)
            {
                throw new InvalidDataException($"rows before row {row.Row} are missing");
            }
        }
        catch (InvalidDataException e)
        {
            throw stored.Malformed(e.Message);
        }
        if (row.Kind == RowKind.Customer && stored.Content.Length > 0)
        {
            progress.AddCustomer();
        }
    }

    private static int LoadOlder(WorkspaceShare share, RowCursor stored)
    {
        using var content = new BlobWriter();
        OlderCustomer.Convert(stored.Content, content);
        return share.LoadCustomer(stored.Entry, content.Written);
    }

    /// <summary>Finds out whether the files of archives are there. What is in them is looked at when it is asked for.</summary>
    private void RequireArchives()
    {
        foreach (var file in state.Archives?.Values.SelectMany(archive => archive.Files) ?? [])
        {
            ArchiveReader.Open(store, partition.Index, file).Dispose();
        }
    }

    private void LoadWindow()
    {
        var (head, tail) = (state.WindowHead, state.WindowTail);
        partition.Window.StartAt(head, tail - head);
        var next = head / WindowBlock.Capacity;
        var end = head == tail ? next : (tail + WindowBlock.Capacity - 1) / WindowBlock.Capacity;
        var files = state.Files.Where(f => !f.HoldsRows).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            // The block that one file ends with may go on in the next one, which has all of it.
            next = LoadBlocks(files[i], next, i + 1 < files.Count ? files[i + 1].FirstBlock : end);
        }
        Expect(end, next, "blocks of event ids up to number");
    }

    private long LoadBlocks(SnapshotFile file, long next, long end)
    {
        using var reader = new SnapshotReader(store, partition.Index, file);
        for (var expected = file.FirstBlock; reader.NextFrame(); expected++)
        {
            try
            {
                var content = new BlobReader(reader.Frame);
                if (content.Int64() != expected)
                {
                    throw new InvalidDataException("it has blocks of event ids in no order");
                }
                if (expected == next && next < end)
                {
                    Restore(content.Rest, next);
                    next++;
                }
            }
            catch (InvalidDataException e)
            {
                throw reader.Malformed(e.Message);
            }
        }
        return next;
    }

    private void Restore(ReadOnlySpan<byte> content, long number)
    {
        var block = WindowBlock.Read(content, out var count);
        var tail = Math.Min(state.WindowTail, (number + 1) * WindowBlock.Capacity);
        if (count < tail - (number * WindowBlock.Capacity))
        {
            throw new InvalidDataException("event ids before its end are missing");
        }
        partition.Window.Restore(block, tail);
    }

    private void Replay()
    {
        var outcomes = new List<CommandOutcome>();
        // By number of the entry, from that of the checkpoint on.
        var digests = new List<ulong> { partition.Outcomes.Digest };
        foreach (var entry in journal.GetAwaiter().GetResult().Read(partition.Index, state.CheckpointEntry))
        {
            RequireSameOutcomes(entry, digests);
            if (entry.Number == state.LastEntry + 1)
            {
                partition.EndDecided();
            }
            Apply(entry, outcomes);
            Bytes += entry.Content.Length;
            digests.Add(partition.Outcomes.Digest);
        }
    }

    /// <summary>Compares what became of the entries before one with what had become of them when that one was written.</summary>
    private void RequireSameOutcomes(LogEntry entry, List<ulong> digests)
    {
        var place = entry.Applied.Entry - state.CheckpointEntry;
        if (place >= 0 && digests[(int)place] != entry.Applied.Digest)
        {
            throw new StoreException(
                entry.Place,
                $"replaying this journal took or refused something in partition {partition.Index}, up to entry {entry.Applied.Entry}, "
                    + "that the server which wrote it had not. Nothing was changed. Start the version that wrote it, and report this."
            );
        }
    }

    private void Apply(LogEntry entry, List<CommandOutcome> outcomes)
    {
        try
        {
            partition.Apply(entry.Number, entry.Content.Span, outcomes);
        }
        catch (InvalidDataException e)
        {
            throw StoreErrors.Damaged(
                entry.Place,
                $"the entry of its journal at byte {entry.Offset}: {e.Message.TrimEnd('.')}"
            );
        }
        var replayed = 0L;
        foreach (var outcome in outcomes)
        {
            replayed += outcome.Accepted + outcome.Duplicates + outcome.Rejections.Count;
        }
        progress.AddReplayed(replayed);
        outcomes.Clear();
    }

    private void Expect(long expected, long found, string what)
    {
        if (expected != found)
        {
            throw StoreErrors.Damaged(
                store.PlaceOf(partition.Index),
                $"partition {partition.Index} has {found} {what} where {expected} are expected"
            );
        }
    }
}
