using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Checkpoints;

/// <summary>Writes what changed in one partition, piece by piece, while writes to it go on.</summary>
/// <remarks>
/// <para>
/// A checkpoint stands for the entry that was the newest applied one when it began. Rows are written as they are when their turn comes,
/// each with the newest entry applied by then, so a row may be ahead of the checkpoint, never behind; a replay skips what a row
/// contains, and repeats what was refused meanwhile. The window of event ids is written exactly as it was at the beginning. The last step, the partition's state, makes the
/// whole valid; before it, the checkpoint before this one and the journal behind that still hold.
/// </para>
/// <para>
/// Changed rows go into a file beside those before. Once such files are as good as half of the one that holds everyone, or too many, everyone is
/// written anew and they are given up: a start reads little more than there are customers, and what is written is at most a few times what
/// changed. So it is too when somebody was deleted, of whom the files before would hold what was known.
/// </para>
/// </remarks>
/// <param name="partition">The partition.</param>
/// <param name="stored">What the store holds of it.</param>
/// <param name="store">Where the blobs go.</param>
/// <param name="settings">By what later entries are applied; null for what those before were.</param>
/// <param name="upkeep">By what files of the archives are merged and given up; null when there is no time for that.</param>
internal sealed class PartitionCheckpoint(
    Partition partition,
    PartitionState stored,
    ICheckpointStore store,
    StoredSettings? settings = null,
    ArchiveUpkeep? upkeep = null
)
{
    // Rows that are encoded while the gate is held: well below a millisecond.
    private const int RowsPerHold = 128;
    private const int MostFilesOfChanges = 16;

    // One for each checkpoint as long as the window reaches back; less than half of that where checkpoints are as far apart as by default.
    private const int MostFilesOfEventIds = 16;
    private readonly List<CheckpointRows> _rows = [];
    private readonly List<(WorkspaceShare Share, ArchiveCheckpoint Archive)> _archives = [];
    private readonly List<long> _made = [];
    private long _nextFile = stored.NextFile(partition.Epoch);
    private long _entry;
    private long _newestEntry;
    private Instant _received;
    private OutcomeMark _outcomes = OutcomeMark.None;
    private WindowSnapshot _window = null!;
    private bool _everyone;
    private bool _hadDeletions;
    private bool _eventIdsAnew;
    private bool _handedOver;
    private bool _committed;

    /// <summary>The pieces: null for one that is written, else the state that is to be committed before the next is asked for.</summary>
    /// <exception cref="StoreFailure">A file could not be written; <see cref="Abandon"/> is to be called.</exception>
    public IEnumerable<PartitionState?> Pieces()
    {
        if (!HasWork())
        {
            yield break;
        }
        Begin();
        var files = stored.Files.ToList();
        foreach (var _ in WriteRows(files))
        {
            yield return null;
        }
        foreach (var _ in WriteEventIds(files))
        {
            yield return null;
        }
        foreach (var _ in _archives.SelectMany(of => of.Archive.Pieces(upkeep)))
        {
            yield return null;
        }
        var (refused, archives) = End();
        _handedOver = true;
        yield return new(
            Math.Max(stored.LastEntry, _newestEntry),
            _entry,
            _received,
            _window.Head,
            _window.Tail,
            _outcomes.Digest,
            refused,
            Counts(),
            settings ?? stored.Settings,
            files,
            archives
        );
    }

    /// <summary>To be called when what it changes in the store is committed: what that made needless goes.</summary>
    /// <param name="state">What the store knows now.</param>
    public void Committed(PartitionState state)
    {
        _committed = true;
        lock (partition.Gate)
        {
            foreach (var (share, archive) in _archives)
            {
                share.Archive!.Commit(state.Archives![share.Number], archive.Voids);
            }
        }
        foreach (var number in stored.FileNumbers.Concat(_made).Except(state.FileNumbers))
        {
            store.DropBlob(partition.Index, number);
        }
    }

    /// <summary>Gives up, unless it is committed: what was to be stored is to be stored still.</summary>
    /// <param name="isOutcomeKnown">Whether what it changes in the store is certainly not there.</param>
    public void Abandon(bool isOutcomeKnown)
    {
        if (_committed)
        {
            return;
        }
        lock (partition.Gate)
        {
            _rows.ForEach(rows => rows.Restore());
            partition.HasDeletions |= _hadDeletions;
            partition.Refused = null;
        }
        if (isOutcomeKnown || !_handedOver)
        {
            _made.ForEach(number => store.DropBlob(partition.Index, number));
        }
    }

    /// <summary>Whether there is anything to write.</summary>
    private bool HasWork() =>
        partition.AppliedEntry != stored.CheckpointEntry
        || settings is not null
        || (
            upkeep is not null
            && partition.Shares.Any(share => ArchiveRework.HasWork(share, stored.ArchiveOf(share.Number), upkeep))
        );

    private void Begin()
    {
        _eventIdsAnew = stored.Files.Count(f => !f.HoldsRows) >= MostFilesOfEventIds;
        lock (partition.Gate)
        {
            _newestEntry = _entry = partition.AppliedEntry;
            _received = partition.LastReceipt;
            _outcomes = partition.Outcomes;
            partition.Refused = new();
            _window = partition.Window.Snapshot(_eventIdsAnew ? 0 : stored.WindowTail);
            foreach (var share in partition.Shares)
            {
                var (customers, accounts) = (share.Population, share.Accounts);
                _rows.Add(new(share.Number, RowKind.Customer, customers.Rows, share.DirtyCustomers, customers.Write));
                _rows.Add(new(share.Number, RowKind.Account, accounts.Rows, share.DirtyAccounts, accounts.Write));
                _rows.Add(
                    new(
                        share.Number,
                        RowKind.Names,
                        share.NamesRows,
                        share.DirtyNames,
                        (_, target) => customers.WriteNames(target)
                    )
                );
            }
            _everyone = partition.HasDeletions || MustWriteEveryone();
            (_hadDeletions, partition.HasDeletions) = (partition.HasDeletions, false);
            foreach (var share in partition.Shares.Where(share => share.Archive is not null))
            {
                var archived = stored.ArchiveOf(share.Number);
                _archives.Add((share, new(partition, share, archived, store, CreateNumber)));
            }
            partition.Access.Alone(() =>
                _archives.ForEach(of => of.Archive.Begin(_entry, _received, stored.CheckpointEntry))
            );
        }
    }

    /// <summary>What was refused in the entries that rows may contain, and what of the archives is stored.</summary>
    private (RefusedItems Refused, IReadOnlyDictionary<int, ArchiveState>? Archives) End()
    {
        lock (partition.Gate)
        {
            var refused = partition.Refused!.UpTo(_newestEntry);
            partition.Refused = null;
            return (refused, Archives());
        }
    }

    /// <summary>The archives as they are stored with the checkpoint; null when something came that they do not have.</summary>
    private IReadOnlyDictionary<int, ArchiveState>? Archives() =>
        partition.KeepsEvents ? _archives.ToDictionary(of => of.Share.Number, of => of.Archive.End())
        : _entry == stored.CheckpointEntry ? stored.Archives
        : null;

    private bool MustWriteEveryone()
    {
        if (stored.Files.FirstOrDefault(f => f.Kind == SnapshotKind.Everyone) is not { } everyone)
        {
            return true;
        }
        var changes = stored.Files.Where(f => f.Kind == SnapshotKind.Changes).ToList();
        var rows = Math.Max(1, _rows.Sum(r => (long)r.Count));
        var expected = _rows.Sum(r => (long)r.DirtyCount) * everyone.Bytes / rows;
        return changes.Count >= MostFilesOfChanges || changes.Sum(f => f.Bytes) + expected > everyone.Bytes / 2;
    }

    private IEnumerable<bool> WriteRows(List<SnapshotFile> files)
    {
        if (!_rows.Exists(rows => _everyone ? rows.Count > 0 : rows.DirtyCount > 0))
        {
            yield break;
        }
        using var writer = Create();
        foreach (var rows in _rows)
        {
            for (var next = 0; next >= 0; )
            {
                next = Encode(writer.Frame, rows, next);
                if (writer.IsFrameFull)
                {
                    writer.EndFrame();
                    yield return true;
                }
            }
        }
        if (!writer.IsFrameEmpty)
        {
            writer.EndFrame();
        }
        if (_everyone)
        {
            files.RemoveAll(f => f.HoldsRows);
        }
        files.Add(writer.Complete(_everyone ? SnapshotKind.Everyone : SnapshotKind.Changes));
        yield return true;
    }

    /// <summary>Encodes some rows under the gate; gives the row to go on from, -1 when there are no more.</summary>
    private int Encode(BlobWriter frame, CheckpointRows rows, int from)
    {
        lock (partition.Gate)
        {
            _newestEntry = partition.AppliedEntry;
            for (var i = 0; i < RowsPerHold; i++)
            {
                var row = rows.Take(from, _everyone);
                if (row < 0)
                {
                    return -1;
                }
                var length = new StoredRow(rows.Workspace, rows.Kind, row).Begin(frame, partition.AppliedEntry);
                rows.Write(row, frame);
                StoredRow.End(frame, length);
                from = row + 1;
            }
            return from;
        }
    }

    private IEnumerable<bool> WriteEventIds(List<SnapshotFile> files)
    {
        if (_eventIdsAnew)
        {
            files.RemoveAll(f => !f.HoldsRows);
        }
        if (_window.Blocks.Count > 0 && (_eventIdsAnew || _window.Tail > stored.WindowTail))
        {
            using var writer = Create();
            for (var block = 0; block < _window.Blocks.Count; block++)
            {
                writer.Frame.Int64(_window.FirstBlock + block);
                _window.Blocks[block].Write(_window.CountOf(block), writer.Frame);
                writer.EndFrame();
                yield return true;
            }
            files.Add(writer.Complete(SnapshotKind.EventIds, _window.FirstBlock));
        }
        RemoveForgotten(files);
    }

    /// <summary>Gives up files of which every id is forgotten, or stands in a later one.</summary>
    private void RemoveForgotten(List<SnapshotFile> files)
    {
        var ids = files.FindAll(f => !f.HoldsRows);
        var firstBlock = _window.Head / WindowBlock.Capacity;
        for (var i = 0; i < ids.Count; i++)
        {
            var end = i + 1 < ids.Count ? ids[i + 1].FirstBlock : long.MaxValue;
            if (_window.Head == _window.Tail || end <= Math.Max(firstBlock, ids[i].FirstBlock))
            {
                files.Remove(ids[i]);
            }
        }
    }

    private SnapshotWriter Create() => new(store, partition.Index, CreateNumber());

    private long CreateNumber()
    {
        _made.Add(_nextFile);
        return _nextFile++;
    }

    private Dictionary<int, RowCounts> Counts() =>
        _rows
            .Where(rows => rows.Kind == RowKind.Customer)
            .Zip(_rows.Where(rows => rows.Kind == RowKind.Account))
            .Where(pair => pair.First.Count + pair.Second.Count > 0)
            .ToDictionary(pair => pair.First.Workspace, pair => new RowCounts(pair.First.Count, pair.Second.Count));
}
