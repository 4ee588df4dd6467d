using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Checkpoints;

/// <summary>What the store holds of one partition. Writing it makes a checkpoint of the partition valid.</summary>
/// <param name="LastEntry">Number of the newest entry that some row contains: the journal reaches at least as far. Entries count from 1 without gaps.</param>
/// <param name="CheckpointEntry">Entries up to this one are contained in the checkpointed rows and are not needed any more.</param>
/// <param name="LastReceipt">When the last write contained in them was received; <see cref="Instant.MinValue"/> for none.</param>
/// <param name="WindowHead">Ordinal of the oldest event id of the duplicate window as of <paramref name="CheckpointEntry"/>.</param>
/// <param name="WindowTail">Ordinal after its newest.</param>
/// <param name="OutcomeDigest">What became of all entries up to <paramref name="CheckpointEntry"/>; see <see cref="OutcomeMark"/>.</param>
/// <param name="Refused">What was refused for a limit in the entries behind that, up to <paramref name="LastEntry"/>.</param>
/// <param name="Rows">Checkpointed rows by workspace number.</param>
/// <param name="Settings">By what the entries behind the checkpoint are applied.</param>
/// <param name="Files">The blobs that hold rows and event ids, oldest first; what a newer one says of a row holds.</param>
/// <param name="Archives">The archives by workspace number; null when none are kept. A workspace that has none was not there yet.</param>
internal sealed record PartitionState(
    long LastEntry,
    long CheckpointEntry,
    Instant LastReceipt,
    long WindowHead,
    long WindowTail,
    ulong OutcomeDigest,
    RefusedItems Refused,
    IReadOnlyDictionary<int, RowCounts> Rows,
    StoredSettings Settings,
    IReadOnlyList<SnapshotFile> Files,
    IReadOnlyDictionary<int, ArchiveState>? Archives
)
{
    /// <summary>That of a partition in which nothing was recorded yet.</summary>
    public static PartitionState Empty(StoredSettings settings) =>
        new(
            0,
            0,
            Instant.MinValue,
            0,
            0,
            0,
            new(),
            new Dictionary<int, RowCounts>(),
            settings,
            [],
            new Dictionary<int, ArchiveState>()
        );

    // In the place of the newest entry, which is never negative. States of before there were archives begin with that, and those whose archives have no accounts with the first.
    private const long WithArchivesOfCustomers = -1;
    private const long WithArchives = -2;

    // More than anybody writes; those of an owner that is no more never meet those of the next.
    private const long FilesOfAnOwner = 1L << 20;

    public RowCounts RowsOf(int workspace) => Rows.GetValueOrDefault(workspace);

    /// <summary>The archive of a workspace; null when none is kept.</summary>
    public ArchiveState? ArchiveOf(int workspace) => Archives?.GetValueOrDefault(workspace, ArchiveState.Empty);

    /// <summary>The numbers of all blobs.</summary>
    public IEnumerable<long> FileNumbers =>
        Files.Select(file => file.Number).Concat(ArchiveFiles.Select(file => file.Number));

    /// <summary>Bytes of all blobs.</summary>
    public long FileBytes => Files.Sum(file => file.Bytes) + ArchiveFiles.Sum(file => file.Bytes);

    private IEnumerable<ArchiveFile> ArchiveFiles => Archives?.Values.SelectMany(archive => archive.Files) ?? [];

    /// <summary>Number of the next file: none that the store knows has it, and none that a former owner, or a later one, may write.</summary>
    /// <param name="epoch">Number of the claim that it is written under; 0 where there is one owner only.</param>
    public long NextFile(long epoch)
    {
        // A former owner that does not know yet may have read the state of the next one: its numbers are not to be gone on with.
        var (first, end) = epoch == 0 ? (0, long.MaxValue) : (epoch * FilesOfAnOwner, (epoch + 1) * FilesOfAnOwner);
        return FileNumbers.Where(number => number > first && number < end).DefaultIfEmpty(first).Max() + 1;
    }

    public void Write(BlobWriter target)
    {
        if (Archives is not null)
        {
            target.Int64(WithArchives);
        }
        target.Int64(LastEntry);
        target.Int64(CheckpointEntry);
        target.Int64(LastReceipt.Ticks);
        target.Int64(WindowHead);
        target.Int64(WindowTail);
        target.Int64((long)OutcomeDigest);
        Refused.Write(target);
        Settings.Write(target);
        target.UInt16(Files.Count);
        foreach (var file in Files)
        {
            file.Write(target);
        }
        if (Archives is not null)
        {
            var kept = Archives.Where(archive => !archive.Value.IsEmpty).ToList();
            target.UInt16(kept.Count);
            foreach (var (workspace, archive) in kept)
            {
                target.UInt16(workspace);
                archive.Write(target);
            }
        }
        foreach (var (workspace, counts) in Rows)
        {
            target.UInt16(workspace);
            target.Int32(counts.Customers);
            target.Int32(counts.Accounts);
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static PartitionState Read(ref BlobReader reader)
    {
        var last = reader.Int64();
        var withAccounts = last == WithArchives;
        var hasArchives = withAccounts || last == WithArchivesOfCustomers;
        last = hasArchives ? reader.Int64() : last;
        var checkpoint = reader.Int64();
        var received = new Instant(reader.Int64());
        var (head, tail) = (reader.Int64(), reader.Int64());
        var digest = (ulong)reader.Int64();
        var refused = RefusedItems.Read(ref reader);
        var settings = StoredSettings.Read(ref reader);
        var files = reader.Many(reader.UInt16(), SnapshotFile.Read);
        var archives = hasArchives ? new Dictionary<int, ArchiveState>() : null;
        for (var left = hasArchives ? reader.UInt16() : 0; left > 0; left--)
        {
            archives!.Add(reader.UInt16(), ArchiveState.Read(ref reader, withAccounts));
        }
        var rows = new Dictionary<int, RowCounts>();
        while (!reader.AtEnd)
        {
            rows.Add(reader.UInt16(), new(reader.Int32(), reader.Int32()));
        }
        if (hasArchives && !withAccounts)
        {
            foreach (var workspace in rows.Keys)
            {
                archives!.TryAdd(workspace, ArchiveState.Empty with { AccountsSince = ArchiveState.Never });
            }
        }
        return new(last, checkpoint, received, head, tail, digest, refused, rows, settings, files, archives);
    }
}

/// <summary>How many rows of a workspace are in the store.</summary>
internal readonly record struct RowCounts(int Customers, int Accounts);
