using System.Collections.Concurrent;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>All that one workspace took in in one partition: what files hold, what is being written into one, and what came since.</summary>
/// <remarks>
/// Written under the partition's gate, and to the newest tail and the voids only by who may write to its memory, so that whoever may read that finds a whole. What checkpoints
/// change, the files and the tail that is being written, is replaced as one.
/// </remarks>
/// <param name="state">What the store holds.</param>
internal sealed class ShareArchive(ArchiveState state)
{
    private readonly ConcurrentDictionary<long, ArchiveIndex> _indexes = new();
    private readonly LateRecords _late = new();
    private ArchiveTail _tail = new();
    private volatile ArchiveContents _contents = ArchiveContents.Of(state);
    private volatile IReadOnlyList<ArchiveVoid> _voids = state.Voids;

    /// <summary>What there is beside the newest tail.</summary>
    public ArchiveContents Contents => _contents;

    /// <summary>What must not be read from files, nor from the tail that is being written.</summary>
    public IReadOnlyList<ArchiveVoid> Voids => _voids;

    /// <summary>What came since the newest checkpoint began.</summary>
    public ArchiveTail Tail => _tail;

    /// <summary>Tells this from what another process, or this one before, had of the same records.</summary>
    public long Identity { get; } = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>What changed the past since this was opened. Read by who may read the partition.</summary>
    public LateRecords Late => _late;

    /// <summary>Takes in an event of a customer.</summary>
    public void Add(int row, in EventRecord item, Instant receivedAt)
    {
        _tail.Add(row, item, receivedAt);
        _late.Note(item.OccurredAt ?? receivedAt, receivedAt);
    }

    /// <summary>Takes in another change of a customer, or one of an account; see <see cref="AccountRows"/>.</summary>
    public void Add(int row, ChangeKind kind, Instant receivedAt, ReadOnlyMemory<byte> content)
    {
        _tail.Add(row, kind, receivedAt, content);
        if (kind == ChangeKind.Correction)
        {
            _late.Note(Instant.MinValue);
        }
    }

    /// <summary>Forgets a customer or an account: its row may be another's from the next entry on.</summary>
    public void Remove(int row, long entry, Instant receivedAt)
    {
        _tail.Remove(row);
        AddVoid(new(entry, receivedAt, row, AccountId: "", Names: []));
    }

    /// <summary>Forgets an account's id, or what was recorded under names.</summary>
    public void Remove(string accountId, IReadOnlyList<KnownName> names, long entry, Instant receivedAt)
    {
        var removed = new ArchiveVoid(entry, receivedAt, Row: -1, accountId, names);
        _tail.Remove(Removal.Of([removed], entry - 1));
        AddVoid(removed);
    }

    /// <summary>Begins to write what came up to an entry, whoever may write or read being kept out.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="checkpointEntry">The entry of the checkpoint that the store holds.</param>
    /// <param name="stored">What it holds of the archive; null for none.</param>
    public void Freeze(long entry, long checkpointEntry, ArchiveState? stored)
    {
        if (stored is not null && _contents.Frozen is not null && _contents.FrozenEntry <= checkpointEntry)
        {
            // The checkpoint before was given up because nobody knew what became of its last step, and it is there.
            _contents = ArchiveContents.Of(stored);
        }
        Thaw();
        _contents = _contents with { Frozen = _tail, FrozenEntry = entry };
        _tail = new();
    }

    /// <summary>Has what was not written before come with what came since.</summary>
    private void Thaw()
    {
        if (_contents.Frozen is not { } frozen)
        {
            return;
        }
        // A copy: somebody may be reading what was frozen still.
        var tail = new ArchiveTail();
        tail.Add(frozen);
        foreach (var removed in _voids.Where(of => of.Row >= 0 && of.Covers(_contents.FrozenEntry)))
        {
            tail.Remove(removed.Row);
        }
        tail.Remove(Removal.Of(_voids, _contents.FrozenEntry));
        tail.Add(_tail);
        _tail = tail;
        _contents = _contents with { Frozen = null, FrozenEntry = 0 };
    }

    /// <summary>Takes in what the store holds now.</summary>
    /// <param name="stored">That.</param>
    /// <param name="before">The voids that were known when it was made; those that it does not have are done with.</param>
    public void Commit(ArchiveState stored, IReadOnlyList<ArchiveVoid> before)
    {
        _contents = ArchiveContents.Of(stored);
        _voids = [.. _voids.Except(before.Except(stored.Voids))];
        foreach (var number in _indexes.Keys.Except(stored.Files.Select(file => file.Number)).ToList())
        {
            _indexes.TryRemove(number, out _);
        }
    }

    /// <summary>The index of a file, which is kept.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public ArchiveIndex IndexOf(ICheckpointStore store, int partition, ArchiveFile file) =>
        _indexes.GetOrAdd(file.Number, _ => ArchiveIndex.Read(store, partition, file));

    /// <summary>Adds the customers of whom anything but an event may have been received after an instant. Whoever may write is kept out.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="files">The files that have such, by their indexes.</param>
    /// <param name="rows">Gets their rows.</param>
    public void AddChangedAfter(Instant instant, IEnumerable<ArchiveIndex> files, RowSet rows)
    {
        foreach (var index in files)
        {
            for (var row = index.Rows.Next(0); row >= 0 && !AccountRows.Contain(row); row = index.Rows.Next(row + 1L))
            {
                rows.Add(row);
            }
        }
        foreach (var change in (_contents.Frozen?.Changes ?? []).Concat(_tail.Changes))
        {
            if (change.ReceivedAt > instant && !AccountRows.Contain(change.Row))
            {
                rows.Add(change.Row);
            }
        }
    }

    private void AddVoid(ArchiveVoid removed)
    {
        // A replay comes upon what the store has.
        if (!_voids.Any(removed.IsSame))
        {
            _late.Note(Instant.MinValue);
            _voids = [.. _voids, removed];
        }
    }
}

/// <summary>What the archive of a share has beside its newest tail.</summary>
/// <param name="CompleteSince">From when on everything is there.</param>
/// <param name="AccountsSince">From when on everything of accounts is.</param>
/// <param name="Files">The files.</param>
/// <param name="Frozen">What is being written into one more; null for nothing.</param>
/// <param name="FrozenEntry">Its last entry.</param>
internal sealed record ArchiveContents(
    Instant CompleteSince,
    Instant AccountsSince,
    IReadOnlyList<ArchiveFile> Files,
    ArchiveTail? Frozen,
    long FrozenEntry
)
{
    /// <summary>What the store holds.</summary>
    public static ArchiveContents Of(ArchiveState state) =>
        new(
            state.CompleteSince,
            Instant.Max(state.CompleteSince, state.AccountsSince),
            state.Files,
            Frozen: null,
            FrozenEntry: 0
        );
}
