using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Opens or makes the store, reads all of it, and brings it into line with the settings.</summary>
internal sealed class StoreOpening(EngineOptions options, IReadOnlyList<WorkspaceSettings> workspaces, EngineLog log)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);
    private Action<long, long>? _progress;
    private readonly string _path = Path.Combine(options.DataDirectory, StoreFile.FileName);

    /// <exception cref="StoreException">The store is damaged, foreign, or does not go with the settings; it is left as it is.</exception>
    public RecoveredStore Run()
    {
        log.Opening(_path);
        if (!StoreFile.Exists(_path))
        {
            Create();
        }
        while (true)
        {
            var isReady = false;
            var recovered = ReadFile(read => isReady = Prepare(read));
            if (isReady)
            {
                return recovered;
            }
            recovered.Store.Dispose();
        }
    }

    /// <summary>Reads a store that is there and changes nothing; settings are not looked at.</summary>
    /// <param name="progress">Is told now and then how many customers have been read, and of how many.</param>
    /// <exception cref="StoreException">It is damaged or foreign.</exception>
    public RecoveredStore ReadOnly(Action<long, long>? progress)
    {
        _progress = progress;
        return ReadFile(_ => { });
    }

    /// <summary>Opens the file and reads all of it; it stays open only if that, and what is done then, succeeds.</summary>
    private RecoveredStore ReadFile(Action<RecoveredStore> then)
    {
        var store = OpenFile();
        try
        {
            var recovered = Read(store);
            then(recovered);
            return recovered;
        }
        catch (SqliteFailure e)
        {
            store.Dispose();
            throw StoreFile.Unusable(_path, e);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Makes a store that is sound ready for use; false when it is to be read again.</summary>
    private bool Prepare(RecoveredStore recovered)
    {
        try
        {
            RefuseUnfitSettings(recovered);
            recovered.Store.AllowWrites();
            RemoveLeftovers(recovered);
            if (IsInLine(recovered))
            {
                return true;
            }
            BringIntoLine(recovered);
            recovered.Journal.Close();
            return false;
        }
        catch (JournalFailure e)
        {
            recovered.Journal.Close();
            throw new StoreException(
                _path,
                $"its journal cannot be written: {e.Message} Check the disk and the permissions.",
                e
            );
        }
        catch
        {
            recovered.Journal.Close();
            throw;
        }
    }

    private Store OpenFile()
    {
        try
        {
            return StoreFile.Open(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(_path, $"cannot be read: {e.Message} Check the disk and the permissions.", e);
        }
    }

    private void Create()
    {
        var partitions = options.Partitions ?? Math.Min(Environment.ProcessorCount, StoreBounds.Partitions);
        StoredWorkspace[] stored = [.. workspaces.Select(StoredWorkspace.From)];
        var meta = new StoreMeta(
            BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
            partitions,
            options.WindowBounds,
            options.Durability,
            stored.Length,
            Models: 0,
            Segments: 0,
            JournalStart: default
        );
        try
        {
            StoreFile.Create(_path, store => StoreContents.WriteEmpty(store, meta, stored));
        }
        catch (SqliteFailure e)
        {
            throw new StoreException(_path, $"cannot be made: {e.Message} Check the disk and the permissions.", e);
        }
        log.Created(_path, partitions);
    }

    private RecoveredStore Read(Store store)
    {
        var (meta, states) = StoreContents.ReadStates(store);
        if (WriteAheadLog.IsDamaged(_path + "-wal"))
        {
            throw StoreFile.Damaged(_path, $"transactions in its write-ahead log {_path}-wal have a wrong checksum");
        }
        var stored = StoreContents.ReadWorkspaces(store);
        var models = StoreContents.ReadModels(store);
        if (options.Partitions is { } configured && configured != meta.Partitions)
        {
            log.PartitionsKept(configured, meta.Partitions);
        }
        // The journal is applied as it was meant when it was written; new settings come after it.
        var partitions = states.Select((_, i) => NewPartition(i, stored, meta.Window)).ToArray();
        var segments = StoreContents.ReadSegments(store, meta);
        var pages = Task.Run(() => StoreFile.CheckPages(_path));
        var journal = Task.Run(() => JournalReader.Read(_path, meta, states, segments));
        try
        {
            var replayed = ReadPartitions(meta, partitions, states, journal);
            pages.GetAwaiter().GetResult();
            return new(store, meta, states, stored, models, partitions, journal.Result, replayed);
        }
        catch
        {
            // Nothing may read on when the directory is given up.
            Task.WhenAny(Task.WhenAll(pages, journal)).Wait();
            if (journal.IsCompletedSuccessfully)
            {
                journal.Result.Close();
            }
            throw;
        }
    }

    private Partition NewPartition(int index, List<StoredWorkspace> stored, WindowBounds window) =>
        new(
            index,
            [
                .. stored.Select(
                    (w, number) =>
                        new WorkspaceShare(number, w.ToSettings(Configured(w.Name)), options.PopulationBounds)
                ),
            ],
            window
        );

    private WorkspaceSettings? Configured(string name) => workspaces.FirstOrDefault(w => w.Name == name);

    /// <summary>Brings the partitions back; gives the number of events and changes replayed.</summary>
    private long ReadPartitions(
        StoreMeta meta,
        Partition[] partitions,
        PartitionState[] states,
        Task<JournalContents> journal
    )
    {
        var folder = new SnapshotFolder(options.DataDirectory, meta.Identity);
        var recoveries = partitions
            .Select((p, i) => new PartitionRecovery(_path, folder, p, states[i], journal))
            .ToArray();
        using var report = options.TimeProvider.CreateTimer(
            _ => log.Recovering(recoveries.Sum(r => r.Customers), recoveries.Sum(r => r.Replayed)),
            state: null,
            ReportEvery,
            ReportEvery
        );
        using var progress = ReportProgress(recoveries, states);
        try
        {
            Parallel.ForEach(recoveries, recovery => recovery.Run());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return recoveries.Sum(r => r.Replayed);
    }

    private ITimer? ReportProgress(PartitionRecovery[] recoveries, PartitionState[] states)
    {
        if (_progress is not { } report)
        {
            return null;
        }
        var all = states.Sum(s => s.Rows.Values.Sum(rows => (long)rows.Customers));
        return options.TimeProvider.CreateTimer(
            _ => report(recoveries.Sum(r => r.Customers), all),
            state: null,
            ProgressEvery,
            ProgressEvery
        );
    }

    private void RefuseUnfitSettings(RecoveredStore recovered)
    {
        for (var number = 0; number < recovered.Workspaces.Count; number++)
        {
            var stored = recovered.Workspaces[number];
            var configured = workspaces.FirstOrDefault(w => w.Name == stored.Name);
            if (!recovered.HasDataIn(number))
            {
                continue;
            }
            if (configured is null)
            {
                throw new StoreException(
                    _path,
                    $"holds data of the workspace '{stored.Name}', which the setting Workspaces does not name. "
                        + "Name it, or use another data directory; data is never dropped."
                );
            }
            if (!stored.HasSameHalfLives(configured))
            {
                throw new StoreException(
                    _path,
                    $"holds data of the workspace '{stored.Name}' with HalfLivesDays "
                        + $"[{string.Join(", ", stored.HalfLivesDays)}], and the setting says "
                        + $"[{string.Join(", ", configured.HalfLivesDays)}]. Half-lives cannot be changed once there is data; "
                        + "set them back, or use a new workspace."
                );
            }
        }
    }

    /// <summary>Removes what a crash left, and makes safe what was read.</summary>
    private void RemoveLeftovers(RecoveredStore recovered)
    {
        recovered.Journal.Secure();
        RemoveUnknownSegments(recovered.Journal);
        try
        {
            // Frames that a torn transaction left must not be taken for damage after the next crash.
            recovered.Store.EmptyLog();
        }
        catch (SqliteFailure e) when (e.IsFull)
        {
            // They do no harm; a full disk must not keep the service from answering reads.
            return;
        }
        // Not before: as long as the log is not safe, the database may come back as it was when it knew other files.
        new SnapshotFolder(options.DataDirectory, recovered.Meta.Identity).RemoveUnknown(recovered.States);
    }

    /// <summary>Removes files that were made and never told to the store, or that it has given up.</summary>
    private void RemoveUnknownSegments(JournalContents journal)
    {
        var known = journal.Used.Select(u => u.Segment.Path).Concat(journal.Free.Select(s => s.Path));
        foreach (
            var path in JournalSegment.FilesIn(options.DataDirectory).Except(known, StringComparer.Ordinal).ToList()
        )
        {
            File.Delete(path);
        }
    }

    private bool IsInLine(RecoveredStore recovered) =>
        recovered.Meta.Window == options.WindowBounds
        && recovered.Meta.Durability == options.Durability
        && workspaces.All(w => recovered.Workspaces.FirstOrDefault(s => s.Name == w.Name)?.MeansTheSameAs(w) ?? false);

    /// <summary>Checkpoints what was recorded under the stored settings, then stores the new ones; the store is to be read again.</summary>
    private void BringIntoLine(RecoveredStore recovered)
    {
        using var writer = new StoreWriter(recovered.Store, recovered.Meta, recovered.States, options);
        var folder = new SnapshotFolder(options.DataDirectory, recovered.Meta.Identity);
        foreach (var partition in recovered.Partitions)
        {
            var checkpoint = new PartitionCheckpoint(partition, writer.States[partition.Index], folder);
            foreach (var change in checkpoint.Pieces().OfType<PartitionChange>())
            {
                writer.Commit(change);
                checkpoint.Committed(change.State.Files);
            }
        }
        writer.PutMeta(recovered.Meta with { Window = options.WindowBounds, Durability = options.Durability });
        foreach (var settings in workspaces)
        {
            var number = recovered.Workspaces.ToList().FindIndex(w => w.Name == settings.Name);
            if (number < 0)
            {
                var meta = writer.Meta with { Workspaces = writer.Meta.Workspaces + 1 };
                writer.PutCounted(Table.Workspace, writer.Meta.Workspaces, StoredWorkspace.From(settings).Write, meta);
                log.WorkspaceAdded(settings.Name);
            }
            else if (!recovered.Workspaces[number].MeansTheSameAs(settings))
            {
                writer.PutCounted(Table.Workspace, number, StoredWorkspace.From(settings).Write, writer.Meta);
                log.WorkspaceChanged(settings.Name);
            }
        }
    }
}
