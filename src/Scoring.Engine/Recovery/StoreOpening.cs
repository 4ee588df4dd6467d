using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Opens or makes the store, reads all of it, and brings it into line with the settings.</summary>
internal sealed class StoreOpening(
    IStore store,
    EngineOptions options,
    IReadOnlyList<WorkspaceSettings> workspaces,
    EngineLog log
)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);
    private Action<long, long>? _progress;

    /// <exception cref="StoreException">The store is damaged, foreign, or does not go with the settings; it is left as it is.</exception>
    public RecoveredStore Run()
    {
        log.Opening(store.Place);
        if (!store.Exists())
        {
            Create();
        }
        while (true)
        {
            var recovered = Read();
            if (Prepare(recovered))
            {
                return recovered;
            }
        }
    }

    /// <summary>Reads a store that is there and changes nothing; settings are not looked at.</summary>
    /// <param name="progress">Is told now and then how many customers have been read, and of how many.</param>
    /// <exception cref="StoreException">It is damaged or foreign.</exception>
    public RecoveredStore ReadOnly(Action<long, long>? progress)
    {
        _progress = progress;
        return Read();
    }

    /// <summary>Makes a store that is sound ready for use; false when it is to be read again.</summary>
    private bool Prepare(RecoveredStore recovered)
    {
        try
        {
            RefuseUnfitSettings(recovered);
            StartWriting(recovered);
            if (IsInLine(recovered.Contents))
            {
                return true;
            }
            BringIntoLine(recovered);
            recovered.Log.Dispose();
            return false;
        }
        catch (StoreFailure e)
        {
            recovered.Log.Dispose();
            throw StoreErrors.Unwritable(store.Place, e);
        }
        catch
        {
            recovered.Log.Dispose();
            throw;
        }
    }

    private void Create()
    {
        var partitions = options.Partitions ?? Math.Min(Environment.ProcessorCount, StoreBounds.Partitions);
        try
        {
            store.Make(
                BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
                checkpoints =>
                    StoreContents.Make(
                        checkpoints,
                        new StoreMeta(partitions, options.WindowBounds, options.Durability, Models: 0),
                        [.. workspaces.Select(StoredWorkspace.From)],
                        models: [],
                        [.. Enumerable.Repeat(PartitionState.Empty, partitions)]
                    )
            );
        }
        catch (StoreFailure e)
        {
            throw StoreErrors.Unwritable(store.Place, e);
        }
        log.Created(store.Place, partitions);
    }

    private RecoveredStore Read()
    {
        var checkpoints = store.OpenCheckpoints();
        var contents = StoreContents.Read(checkpoints);
        var (meta, states) = (contents.Meta, contents.States);
        if (options.Partitions is { } configured && configured != meta.Partitions)
        {
            log.PartitionsKept(configured, meta.Partitions);
        }
        // The journal is applied as it was meant when it was written; new settings come after it.
        var partitions = states.Select((_, i) => NewPartition(i, contents.Workspaces, meta.Window)).ToArray();
        LogSpan[] spans = [.. states.Select(state => new LogSpan(state.CheckpointEntry, state.LastEntry))];
        var journal = Task.Run(() => store.OpenLog(checkpoints.Identity, meta.Durability, spans));
        try
        {
            var (replayed, bytes) = ReadPartitions(checkpoints, partitions, states, journal);
            return new(checkpoints, contents, journal.Result, partitions, replayed, bytes);
        }
        catch
        {
            // Nothing may read on when the directory is given up.
            Task.WhenAny(journal).Wait();
            if (journal.IsCompletedSuccessfully)
            {
                journal.Result.Dispose();
            }
            throw;
        }
    }

    private Partition NewPartition(int index, IReadOnlyList<StoredWorkspace> stored, WindowBounds window) =>
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

    /// <summary>Brings the partitions back; gives the number of events and changes replayed, and their bytes.</summary>
    private (long Replayed, long Bytes) ReadPartitions(
        ICheckpointStore checkpoints,
        Partition[] partitions,
        IReadOnlyList<PartitionState> states,
        Task<IPartitionLog> journal
    )
    {
        var recoveries = partitions
            .Select((p, i) => new PartitionRecovery(checkpoints, p, states[i], journal))
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
        return (recoveries.Sum(r => r.Replayed), recoveries.Sum(r => r.Bytes));
    }

    private ITimer? ReportProgress(PartitionRecovery[] recoveries, IReadOnlyList<PartitionState> states)
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
        for (var number = 0; number < recovered.Contents.Workspaces.Count; number++)
        {
            var stored = recovered.Contents.Workspaces[number];
            var configured = workspaces.FirstOrDefault(w => w.Name == stored.Name);
            if (!recovered.HasDataIn(number))
            {
                continue;
            }
            if (configured is null)
            {
                throw new StoreException(
                    store.Place,
                    $"holds data of the workspace '{stored.Name}', which the setting Workspaces does not name. "
                        + "Name it, or use another data directory; data is never dropped."
                );
            }
            if (!stored.HasSameHalfLives(configured))
            {
                throw new StoreException(
                    store.Place,
                    $"holds data of the workspace '{stored.Name}' with HalfLivesDays "
                        + $"[{string.Join(", ", stored.HalfLivesDays)}], and the setting says "
                        + $"[{string.Join(", ", configured.HalfLivesDays)}]. Half-lives cannot be changed once there is data; "
                        + "set them back, or use a new workspace."
                );
            }
        }
    }

    /// <summary>Removes what a crash left, and makes safe what was read.</summary>
    private static void StartWriting(RecoveredStore recovered)
    {
        recovered.Log.StartWriting();
        var states = recovered.Contents.States;
        recovered.Store.StartWriting(
            (partition, number) =>
                partition >= 0 && partition < states.Count && states[partition].Files.Any(file => file.Number == number)
        );
    }

    private bool IsInLine(StoreContents contents) =>
        contents.Meta.Window == options.WindowBounds
        && contents.Meta.Durability == options.Durability
        && workspaces.All(w => contents.Workspaces.FirstOrDefault(s => s.Name == w.Name)?.MeansTheSameAs(w) ?? false);

    /// <summary>Checkpoints what was recorded under the stored settings, then stores the new ones; the store is to be read again.</summary>
    private void BringIntoLine(RecoveredStore recovered)
    {
        var contents = recovered.Contents;
        foreach (var partition in recovered.Partitions)
        {
            var checkpoint = new PartitionCheckpoint(partition, contents.States[partition.Index], recovered.Store);
            foreach (var change in checkpoint.Pieces().OfType<PartitionChange>())
            {
                contents.Commit(change);
                checkpoint.Committed(change.State.Files);
            }
        }
        contents.PutMeta(contents.Meta with { Window = options.WindowBounds, Durability = options.Durability });
        var stored = contents.Workspaces.ToList();
        foreach (var settings in workspaces)
        {
            var number = stored.FindIndex(w => w.Name == settings.Name);
            if (number < 0)
            {
                stored.Add(StoredWorkspace.From(settings));
                log.WorkspaceAdded(settings.Name);
            }
            else if (!stored[number].MeansTheSameAs(settings))
            {
                stored[number] = StoredWorkspace.From(settings);
                log.WorkspaceChanged(settings.Name);
            }
        }
        contents.PutWorkspaces(stored);
    }
}
