using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Recovery;

/// <summary>Opens or makes a store and brings it into line with the settings. Of one that this process alone has, all of it is read.</summary>
internal sealed class StoreOpening(
    IStore store,
    EngineOptions options,
    IReadOnlyList<WorkspaceSettings> workspaces,
    EngineLog log
)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(5);

    /// <exception cref="StoreException">The store is damaged, foreign, or does not go with the settings; it is left as it is.</exception>
    public OpenedStore Run()
    {
        log.Opening(store.Place);
        if (!store.Exists())
        {
            Create();
        }
        var opened = Open(all: !store.Ownership.IsShared);
        try
        {
            return Prepare(opened);
        }
        catch (StoreFailure e)
        {
            opened.Log.Dispose();
            throw StoreErrors.Unwritable(store.Place, e);
        }
        catch
        {
            opened.Log.Dispose();
            throw;
        }
    }

    private void Create()
    {
        var partitions = options.Partitions ?? EngineOptions.DefaultPartitions;
        var settings = new StoredSettings(
            WindowBounds.Of(options, partitions),
            [.. workspaces.Select(StoredWorkspace.From)]
        );
        try
        {
            store.Make(
                BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
                checkpoints =>
                    StoreContents.Make(checkpoints, new(partitions, options.Durability), settings, StoredModels.None)
            );
        }
        catch (StoreFailure e)
        {
            throw StoreErrors.Unwritable(store.Place, e);
        }
        log.Created(store.Place, partitions);
    }

    private OpenedStore Open(bool all)
    {
        var checkpoints = store.OpenCheckpoints();
        var contents = StoreContents.Read(checkpoints);
        var meta = contents.Meta;
        if (options.Partitions is { } configured && configured != meta.Partitions)
        {
            log.PartitionsKept(configured, meta.Partitions);
        }
        PartitionState[] states = [.. Enumerable.Range(0, meta.Partitions).Select(contents.ReadState)];
        LogSpan[] spans = [.. states.Select(state => new LogSpan(state.CheckpointEntry, state.LastEntry))];
        var journal = Task.Run(() => store.OpenLog(checkpoints.Identity, meta.Durability, spans));
        var progress = new RecoveryProgress();
        try
        {
            var loader = new PartitionLoader(checkpoints, journal, options, workspaces);
            var loaded = all ? Load(loader, states, progress) : [];
            return new(checkpoints, contents, journal.GetAwaiter().GetResult(), loaded, progress);
        }
        catch
        {
            // Nothing may read on when the store is given up.
            Task.WhenAny(journal).Wait();
            if (journal.IsCompletedSuccessfully)
            {
                journal.Result.Dispose();
            }
            throw;
        }
    }

    private LoadedPartition[] Load(PartitionLoader loader, PartitionState[] states, RecoveryProgress progress)
    {
        using var report = options.TimeProvider.CreateTimer(
            _ => log.Recovering(progress.Customers, progress.Replayed),
            state: null,
            ReportEvery,
            ReportEvery
        );
        var loaded = new LoadedPartition[states.Length];
        try
        {
            Parallel.For(0, states.Length, i => loaded[i] = loader.Load(i, states[i], epoch: 0, progress));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return loaded;
    }

    /// <summary>Makes a store that is sound ready for use.</summary>
    private OpenedStore Prepare(OpenedStore opened)
    {
        var contents = opened.Contents;
        var fit = new SettingsFit(store.Place, workspaces);
        for (var partition = 0; partition < contents.Meta.Partitions; partition++)
        {
            // The document may be what a server with other settings put, which then found data that they do not go with.
            var state = contents.StateOf(partition);
            foreach (var number in state.Rows.Where(rows => rows.Value != default).Select(rows => rows.Key))
            {
                fit.RefuseUnfit(state.Settings.Workspaces[number]);
            }
        }
        foreach (var loaded in opened.Loaded)
        {
            fit.RefuseUnfit(loaded);
        }
        // What a crash left is removed, and what was read is made safe.
        opened.Log.StartWriting();
        opened.Checkpoints.StartWriting(contents.IsNamed);
        BringIntoLine(contents);
        var loader = new PartitionLoader(opened.Checkpoints, Task.FromResult(opened.Log), options, workspaces);
        var lineUp = new PartitionLineUp(contents, opened.Checkpoints, loader, fit);
        return opened with { Loaded = [.. opened.Loaded.Select(loaded => lineUp.Run(loaded, opened.Progress))] };
    }

    /// <summary>Stores the settings that later entries are applied by. What was appended under others is applied by these, partition by partition.</summary>
    private void BringIntoLine(StoreContents contents)
    {
        while (contents.Meta.Durability != options.Durability)
        {
            contents.TryPutMeta(contents.Meta with { Durability = options.Durability });
        }
        // Another process may be doing the same; then what it stored is looked at.
        while (!TryStoreSettings(contents)) { }
    }

    private bool TryStoreSettings(StoreContents contents)
    {
        var stored = contents.Settings.Workspaces.ToList();
        var window = WindowBounds.Of(options, contents.Meta.Partitions);
        var isChanged = contents.Settings.Window != window;
        foreach (var settings in workspaces)
        {
            var number = stored.FindIndex(w => w.Name == settings.Name);
            if (number < 0)
            {
                stored.Add(StoredWorkspace.From(settings));
                log.WorkspaceAdded(settings.Name);
                isChanged = true;
            }
            else if (!stored[number].MeansTheSameAs(settings))
            {
                stored[number] = StoredWorkspace.From(settings);
                log.WorkspaceChanged(settings.Name);
                isChanged = true;
            }
        }
        return !isChanged || contents.TryPutSettings(new(window, stored));
    }
}
