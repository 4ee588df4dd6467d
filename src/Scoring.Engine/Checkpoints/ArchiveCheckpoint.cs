using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>Writes the archive of one workspace of a partition, as part of a checkpoint: what came up to its entry, and what files are to be merged or made anew.</summary>
/// <param name="partition">The partition.</param>
/// <param name="share">The workspace, whose events are kept.</param>
/// <param name="stored">What the store holds of it; null when nothing is kept yet.</param>
/// <param name="store">Where the files go.</param>
/// <param name="create">Gives the number of a file that is to be made.</param>
internal sealed class ArchiveCheckpoint(
    Partition partition,
    WorkspaceShare share,
    ArchiveState? stored,
    ICheckpointStore store,
    Func<long> create
)
{
    /// <summary>Chunks that are written without a pause: some milliseconds.</summary>
    public const int ChunksTogether = 8;

    private readonly ShareArchive _archive = share.Archive!;
    private readonly ArchiveRework _rework = new(partition, share, store, create, stored?.Files ?? []);
    private ArchiveTail _frozen = new();
    private Instant _completeSince = stored?.CompleteSince ?? Instant.MinValue;
    private Instant _accountsSince = stored?.AccountsSince ?? Instant.MinValue;
    private long _entry;

    // The partition is not served yet, so accounts are as of the entry.
    private bool BeginsAccounts => stored?.KeepsAccounts != true;

    /// <summary>The voids that there were when the checkpoint began.</summary>
    public IReadOnlyList<ArchiveVoid> Voids => _rework.Voids;

    /// <summary>Begins with what came up to an entry. Whoever writes or reads is kept out.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="received">When its last write was received.</param>
    /// <param name="checkpointEntry">The entry of the checkpoint that the store holds.</param>
    public void Begin(long entry, Instant received, long checkpointEntry)
    {
        _entry = entry;
        _archive.Freeze(entry, checkpointEntry, stored);
        (_frozen, _rework.Voids) = (_archive.Contents.Frozen!, _archive.Voids);
        var since =
            received == Instant.MinValue
                ? Instant.MinValue
                : new(ArchiveTail.SecondOf(received) * TimeSpan.TicksPerSecond);
        _completeSince = stored is null ? since : _completeSince;
        _accountsSince = BeginsAccounts ? since : _accountsSince;
    }

    /// <summary>Writes, a piece for each element.</summary>
    /// <param name="upkeep">What else is to be done; null when there is no time for anything but what came.</param>
    /// <exception cref="StoreFailure">A file could not be written.</exception>
    public IEnumerable<bool> Pieces(ArchiveUpkeep? upkeep)
    {
        foreach (var _ in stored is null && _completeSince != Instant.MinValue ? WriteOpening() : WriteTail())
        {
            yield return true;
        }
        foreach (var _ in upkeep is null ? [] : _rework.Pieces(upkeep))
        {
            yield return true;
        }
        _completeSince = Instant.Max(_completeSince, _rework.CompleteSince);
    }

    /// <summary>What the store holds once the checkpoint is valid. Whoever writes is kept out.</summary>
    public ArchiveState End() =>
        new(
            _completeSince,
            _accountsSince,
            _rework.Files,
            [.. _rework.Left, .. _archive.Voids.Where(of => !Voids.Contains(of))]
        );

    /// <summary>Writes what came, sorted by row.</summary>
    private IEnumerable<bool> WriteTail()
    {
        if (_frozen.IsEmpty && !BeginsAccounts)
        {
            yield break;
        }
        using var writer = new ArchiveWriter(store, partition.Index, create(), compress: false);
        var paused = 0;
        foreach (var customer in CustomersByRow.Of(_frozen))
        {
            if (BeginsAccounts && AccountRows.Contain(customer.Row))
            {
                break;
            }
            writer.Add(customer.Row, customer.Events.Span, customer.Changes, _frozen);
            if (writer.ChunksWritten >= paused + ChunksTogether)
            {
                paused = writer.ChunksWritten;
                yield return true;
            }
        }
        if (BeginsAccounts)
        {
            AddAccounts(writer);
        }
        var after = _rework.Files.Select(file => file.LastEntry).DefaultIfEmpty().Max();
        _rework.Add(writer.Complete(share.Number, level: 0, after, _entry));
        yield return true;
    }

    /// <summary>Writes everybody as they are, in the place of what came: nothing was kept before.</summary>
    private IEnumerable<bool> WriteOpening()
    {
        using var writer = new ArchiveWriter(store, partition.Index, create(), compress: true);
        var paused = 0;
        for (var row = 0; row < share.Population.Rows; row++)
        {
            using var content = new BlobWriter();
            if (!share.Population.IsIdOnly(row))
            {
                share.Population.Write(row, content);
            }
            if (content.Length == 0)
            {
                continue;
            }
            ArchivedChange opening = new(row, ChangeKind.Opening, _completeSince, content.Written.ToArray());
            writer.Add(row, [], [opening], _frozen);
            if (writer.ChunksWritten >= paused + ChunksTogether)
            {
                paused = writer.ChunksWritten;
                yield return true;
            }
        }
        AddAccounts(writer);
        _rework.Add(writer.Complete(share.Number, ArchivePlan.OpeningLevel, afterEntry: 0, _entry));
        yield return true;
    }

    /// <summary>Writes all accounts as they are, in the place of what came of them.</summary>
    private void AddAccounts(ArchiveWriter writer)
    {
        for (var row = 0; row < share.Accounts.Rows; row++)
        {
            if (share.Accounts[row] is { } account)
            {
                ArchivedChange opening = new(
                    AccountRows.Of(row),
                    ChangeKind.AccountOpening,
                    _accountsSince,
                    ChangeCodec.Of(account)
                );
                writer.Add(opening.Row, [], [opening], _frozen);
            }
        }
    }
}
