using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;
using Scoring.Engine.Names;
using Scoring.Engine.Partitions;
using Scoring.Engine.Reads;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Engine.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine;

/// <summary>The standalone host of the domain: populations in memory, and a journal and checkpoints that they can be made from again.</summary>
/// <remarks>
/// A write is journalled first, together with whatever else waits, then applied, then acknowledged. So what is acknowledged survives a
/// crash, and what is read would survive one too. Applying follows from the journal alone: after a restart the same entries lead to
/// the same facts, and to the same ids being remembered.
/// </remarks>
public sealed class ScoringEngine : IScoringBackend, IAsyncDisposable
{
    private readonly EngineOptions _options;
    private readonly IStore _store;
    private readonly WorkspaceDirectory _workspaces;
    private readonly Partition[] _partitions;
    private readonly ModelCatalog _models;
    private readonly PopulationReader _reader;
    private readonly NameReader _nameReader;
    private readonly NameKeeper _names;
    private readonly NameWatch _nameWatch;
    private readonly EngineMetrics _metrics = new();
    private readonly WriteQueue _queue;
    private readonly ApplyLoop[] _loops;
    private readonly Checkpointer _checkpointer;
    private readonly IPartitionLog _journal;
    private readonly StoreLoop _storeLoop;
    private readonly JournalWriter _writer;
    private readonly EngineLog _log;
    private readonly Lazy<Task> _closing;

    private ScoringEngine(
        EngineOptions options,
        IReadOnlyList<WorkspaceSettings> workspaces,
        IStore store,
        RecoveredStore recovered,
        EngineLog log
    )
    {
        Clock = new ReceiptClock(
            options.TimeProvider,
            options.ClockTolerance,
            options.FollowClockAfter,
            recovered.LastReceipt,
            log
        );
        // Whoever asks for the time asks for the one that is received by.
        options = options with
        {
            TimeProvider = Clock,
        };
        _options = options;
        _store = store;
        _log = log;
        _partitions = [.. recovered.Partitions];
        _workspaces = new WorkspaceDirectory(workspaces, recovered.Contents.Workspaces, _partitions.Length);
        _models = new ModelCatalog(recovered.Contents.Models);
        _reader = new PopulationReader(_partitions, _workspaces, _models, Clock, options.MaxFutureSkew);
        _nameReader = new NameReader(_partitions, _models);
        _names = new NameKeeper(_partitions, _models, _nameReader, Clock, WriteNamesAsync);
        _nameWatch = new NameWatch(_workspaces, _nameReader, options.TimeProvider, log);
        _queue = new WriteQueue(_partitions.Length, options.MaxQueuedBytes);
        _loops = [.. _partitions.Select(p => new ApplyLoop(p, Applied, ApplyFailed))];
        _checkpointer = new Checkpointer(
            _partitions,
            recovered.Store,
            recovered.ReplayedBytes,
            options,
            _metrics,
            () => _storeLoop?.Wake()
        );
        _journal = recovered.Log;
        _storeLoop = new StoreLoop(recovered.Contents, _journal, _checkpointer, _models, options, log, StoreLoopFailed);
        _writer = new JournalWriter(
            _journal,
            _storeLoop,
            _queue,
            _checkpointer,
            _partitions,
            _loops,
            options,
            _metrics,
            log
        );
        _storeLoop.Start();
        _closing = new Lazy<Task>(() => Task.Run(Close));
        Observe();
    }

    /// <summary>What was found in the store.</summary>
    public required RecoverySummary Recovery { get; init; }

    /// <summary>The clock that times of receipt are taken from, and which reads take for now.</summary>
    public ReceiptClock Clock { get; }

    internal System.Diagnostics.Metrics.Meter Meter => _metrics.Meter;

    /// <summary>Opens the store of a data directory, or makes it, and recovers what is in it.</summary>
    /// <param name="options">How to run.</param>
    /// <param name="cancellationToken">Ends the wait between the steps.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="StoreException">
    /// The store is in use, damaged, foreign, of another version, or does not go with the settings. It is left as it is.
    /// </exception>
    /// <exception cref="ScoringException">A model of <see cref="EngineOptions.Models"/> is invalid.</exception>
    public static Task<ScoringEngine> OpenAsync(EngineOptions options, CancellationToken cancellationToken = default) =>
        OpenAsync(options, () => FileStore.Lock(options), cancellationToken);

    /// <summary>Opens a store, or makes it, and recovers what is in it.</summary>
    /// <param name="options">How to run; where the store lies it does not say.</param>
    /// <param name="store">Gives the store, which is the engine's from then on.</param>
    /// <param name="cancellationToken">Ends the wait between the steps.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="StoreException">As above.</exception>
    /// <exception cref="ScoringException">As above.</exception>
    public static async Task<ScoringEngine> OpenAsync(
        EngineOptions options,
        Func<IStore> store,
        CancellationToken cancellationToken = default
    )
    {
        options.Validate();
        var engine = await Task.Run(() => Open(options, store), cancellationToken);
        try
        {
            await engine.LoadModelsAsync(cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var workspace = _workspaces.Get(batch.Workspace);
        var call = Begin(cancellationToken);
        BatchSplitter.Split(batch, workspace, _partitions.Length, call);
        return Write(call, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        var target = _workspaces.Get(workspace);
        var call = Begin(cancellationToken);
        BatchSplitter.Split(customers, target, _partitions.Length, call);
        return Write(call, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    )
    {
        var target = _workspaces.Get(workspace);
        var call = Begin(cancellationToken);
        BatchSplitter.Split(accounts, target, _partitions.Length, call);
        return Write(call, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    ) => new(_reader.Scores(query));

    /// <inheritdoc/>
    public ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    ) => new(_reader.Statistics(query));

    /// <inheritdoc/>
    public ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    ) => new(_reader.Health(query));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(_reader.Models(workspace));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(_reader.EventTypes(workspace));

    /// <inheritdoc/>
    public ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var target = _workspaces.Get(workspace);
        var call = new PutModelCall(target.Number, target.Settings, model);
        return new(PutAsync(target, call).WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        new(_nameReader.List(_workspaces.Get(workspace)));

    /// <inheritdoc/>
    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => new(_names.PruneAsync(_workspaces.Get(workspace), pruning).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken)
    {
        _queue.ThrowIfRefusing();
        return default;
    }

    /// <summary>Writes a checkpoint of everything acknowledged so far, and returns once it is in the store.</summary>
    /// <exception cref="ScoringException">The store has no room; the journal still holds everything.</exception>
    public Task CheckpointAsync(CancellationToken cancellationToken = default)
    {
        var done = _checkpointer.Request();
        _storeLoop.Wake();
        return done.WaitAsync(cancellationToken);
    }

    /// <summary>Takes no more writes, finishes those taken, checkpoints, and closes the store.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    private static ScoringEngine Open(EngineOptions options, Func<IStore> open)
    {
        var log = new EngineLog(options.Logger);
        var started = options.TimeProvider.GetTimestamp();
        var workspaces = WithDefault(options.Workspaces);
        var store = open();
        try
        {
            var recovered = new StoreOpening(store, options, workspaces, log).Run();
            var duration = options.TimeProvider.GetElapsedTime(started);
            log.Recovered(recovered.Customers, recovered.Accounts, recovered.Replayed, duration.TotalSeconds);
            return new ScoringEngine(options, workspaces, store, recovered, log)
            {
                Recovery = new(
                    recovered.Customers,
                    recovered.Accounts,
                    recovered.Replayed,
                    recovered.Partitions.Count,
                    duration
                ),
            };
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<WorkspaceSettings> WithDefault(IReadOnlyList<WorkspaceSettings> workspaces) =>
        workspaces.Any(w => w.Name == WorkspaceSettings.DefaultName)
            ? workspaces
            : [new WorkspaceSettings { Name = WorkspaceSettings.DefaultName }, .. workspaces];

    private WriteCall Begin(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new WriteCall(_options.Durability, Clock.Now);
    }

    private ValueTask<WriteResult> Write(WriteCall call, CancellationToken cancellationToken)
    {
        if (call.Parts.Count == 0)
        {
            return new(new WriteResult(0, 0, [], _options.Durability));
        }
        try
        {
            _queue.Enqueue(call);
        }
        catch (ScoringException error)
        {
            call.Release();
            return ValueTask.FromException<WriteResult>(error);
        }
        return cancellationToken.CanBeCanceled ? new(call.Answer.AsTask().WaitAsync(cancellationToken)) : call.Answer;
    }

    private async Task<ScoringModel> PutAsync(EngineWorkspace workspace, PutModelCall call)
    {
        Refusals.ThrowIfInvalid(call.Model, call.Settings);
        _queue.ThrowIfRefusing();
        return await _names.PutAsync(
            workspace,
            call.Model,
            () =>
            {
                _storeLoop.Enqueue(call);
                return call.Answer;
            }
        );
    }

    /// <summary>Journals a command about names for every partition, and returns once it is applied.</summary>
    private async Task WriteNamesAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IReadOnlyCollection<KnownName> names
    )
    {
        var call = Begin(CancellationToken.None);
        for (var partition = 0; partition < _partitions.Length; partition++)
        {
            var payload = new BlobWriter();
            NamesCodec.Write(payload, names);
            call.Add(new WritePart(call, partition, kind, workspace.Number, payload));
        }
        await Write(call, CancellationToken.None);
    }

    private async Task LoadModelsAsync(CancellationToken cancellationToken)
    {
        foreach (var source in _options.Models)
        {
            var workspace = _workspaces.Get(source.Workspace);
            var current = _models.Find(workspace.Number, source.Model.Name);
            if (current?.SourceHash == source.ContentHash)
            {
                continue;
            }
            var model = source.Model with { Version = 0 };
            var call = new PutModelCall(workspace.Number, workspace.Settings, model)
            {
                SourceHash = source.ContentHash,
            };
            var stored = await PutAsync(workspace, call).WaitAsync(cancellationToken);
            _log.ModelLoaded(workspace.Settings.Name, stored.Name, stored.Version);
        }
        foreach (var workspace in _workspaces.All)
        {
            RefuseUnfitModels(workspace);
            if (!await _names.TryReserveAllAsync(workspace))
            {
                _log.NamesNotReserved(workspace.Settings.Name);
            }
        }
    }

    /// <summary>Half-lives may change while there is no data; models that were stored before must still have theirs.</summary>
    private void RefuseUnfitModels(EngineWorkspace workspace)
    {
        foreach (var model in _models.List(workspace.Number))
        {
            if (ModelRules.Check(model, workspace.Settings) is [var fault, ..])
            {
                throw new StoreException(
                    _options.DataDirectory,
                    $"the model '{model.Name}' of the workspace '{workspace.Settings.Name}' does not go with the setting "
                        + $"HalfLivesDays: {fault.Field} {fault.Message}. Set HalfLivesDays back, or load the model from a "
                        + "changed file."
                );
            }
        }
    }

    private void Applied(WritePart part, CommandOutcome outcome)
    {
        if (part.Kind == CommandKind.RecordEvents)
        {
            _metrics.Recorded(outcome.Accepted, outcome.Duplicates, outcome.Rejections.Count);
        }
        _queue.Release(part);
        part.Call.Applied(outcome);
    }

    private void ApplyFailed(Exception error)
    {
        _log.EngineBroken(error);
        _queue.Close(
            new ScoringException(
                ScoringError.Unavailable,
                "The service must be restarted: a write was stored but could not be applied.",
                error
            )
        );
        _writer.Abort();
        _storeLoop.Abort();
    }

    private void StoreLoopFailed(Exception error)
    {
        _log.EngineBroken(error);
        _queue.Close(
            new ScoringException(
                ScoringError.Unavailable,
                "The service must be restarted: its store cannot be written any more.",
                error
            )
        );
        _writer.Abort();
    }

    private void Close()
    {
        _queue.Close(
            new ScoringException(ScoringError.Unavailable, "The service is stopping.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            }
        );
        _nameWatch.Dispose();
        _writer.Stop();
        foreach (var loop in _loops)
        {
            loop.End();
        }
        _storeLoop.Stop();
        _log.Closed(Sum(p => p.Shares.Sum(s => (long)s.Population.Count)), _checkpointer.JournalBytes);
        _checkpointer.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
        _names.Dispose();
        _store.Dispose();
    }

    private void Observe()
    {
        _metrics.Observe(
            "scoring.engine.queue.size",
            "By",
            "Writes that wait or are being applied.",
            () => _queue.Bytes
        );
        _metrics.Observe(
            "scoring.engine.journal.size",
            "By",
            "Journal that no checkpoint contains yet.",
            () => _checkpointer.JournalBytes
        );
        _metrics.Observe(
            "scoring.engine.journal.files",
            "By",
            "Files of the journal, used or kept to be used again.",
            () => _journal.FileBytes
        );
        _metrics.Observe(
            "scoring.engine.customers",
            "{customer}",
            "Customers of all workspaces.",
            () => Sum(p => p.Shares.Sum(s => (long)s.Population.Count))
        );
        _metrics.Observe(
            "scoring.engine.duplicate_window.ids",
            "{id}",
            "Event ids that are remembered.",
            () => Sum(p => p.Window.Count)
        );
        _metrics.Observe(
            "scoring.engine.duplicate_window.age",
            "s",
            "Age of the oldest id that is remembered, in the partition where that is youngest.",
            WindowAge
        );
        _metrics.Observe(
            "scoring.engine.names.used",
            "{name}",
            "Names that no model or setting uses, by workspace and kind, in the partition that has most.",
            () => _nameWatch.Used
        );
        _metrics.Observe(
            "scoring.engine.names.limit",
            "{name}",
            "Most such names there may be.",
            () => _nameWatch.Limit
        );
        _metrics.Observe(
            "scoring.engine.clock.offset",
            "s",
            "How far the system's clock lies ahead of the time of receipt, which does not follow it; 0 while it does.",
            () => Clock.Unfollowed?.Offset.TotalSeconds ?? 0
        );
        _metrics.Count(
            "scoring.engine.clock.jumps",
            "{jump}",
            "How often the system's clock jumped further than MaxFutureSkew.",
            () => Clock.Jumps
        );
    }

    private long Sum(Func<Partition, long> figure)
    {
        var sum = 0L;
        foreach (var partition in _partitions)
        {
            lock (partition.Gate)
            {
                sum += figure(partition);
            }
        }
        return sum;
    }

    private double WindowAge()
    {
        var now = Clock.Now;
        var age = double.PositiveInfinity;
        foreach (var partition in _partitions)
        {
            lock (partition.Gate)
            {
                if (partition.Window.OldestReceived is { } oldest)
                {
                    age = Math.Min(age, (now - oldest).TotalSeconds);
                }
            }
        }
        return double.IsFinite(age) ? Math.Max(0, age) : 0;
    }
}
