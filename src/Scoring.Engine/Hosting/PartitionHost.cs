using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;
using Scoring.Engine.Names;
using Scoring.Engine.Partitions;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Engine.Time;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>The partitions of a store that this process has open: populations in memory, and a log and checkpoints that they can be made from again.</summary>
/// <remarks>
/// A write is appended to the log first, together with whatever else waits in all partitions, then applied, then acknowledged. So what is acknowledged
/// survives a crash, and what is read would survive one too. Applying follows from the log alone: wherever a partition is opened next, the same
/// entries lead to the same facts, and to the same ids being remembered.
/// </remarks>
public sealed class PartitionHost : IPartitionHost, IAsyncDisposable
{
    // Reading takes a processor, waiting for the store none.
    private const int ThreadsAtOnce = 8;
    private readonly EngineOptions _options;
    private readonly IStore _store;
    private readonly StoreContents _contents;
    private readonly IPartitionLog _journal;
    private readonly PartitionLineUp _lineUp;
    private readonly PartitionLoader _loader;
    private readonly ApplyPool _pool;
    private readonly OpenPartitions _partitions;
    private readonly HostReader _reader;
    private readonly NameWatch _nameWatch;
    private readonly EngineMetrics _metrics = new();
    private readonly WriteQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly StoreLoop _storeLoop;
    private readonly GroupCommit _commit;
    private readonly Thread _committer;
    private readonly ITimer _wakeTimer;
    private readonly EngineLog _log;
    private readonly Lazy<Task> _closing;

    // A partition is opened or closed by one at a time.
    private readonly SemaphoreSlim[] _changing;
    private readonly SemaphoreSlim _threads = new(ThreadsAtOnce, ThreadsAtOnce);
    private readonly ICheckpointStore _checkpoints;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _ended;
    private volatile bool _stopping;

    internal PartitionHost(
        EngineOptions options,
        IReadOnlyList<WorkspaceSettings> workspaces,
        IStore store,
        OpenedStore opened,
        EngineLog log
    )
    {
        var lastReceipt = opened.Loaded.Select(loaded => loaded.Partition.LastReceipt).DefaultIfEmpty(Instant.MinValue);
        Clock = new ReceiptClock(
            options.TimeProvider,
            options.ClockTolerance,
            options.FollowClockAfter,
            lastReceipt.Max(),
            log
        );
        // Whoever asks for the time asks for the one that is received by.
        options = options with
        {
            TimeProvider = Clock,
        };
        (_options, _store, _log, _contents, _journal) = (options, store, log, opened.Contents, opened.Log);
        _checkpoints = opened.Checkpoints;
        _loader = new PartitionLoader(opened.Checkpoints, Task.FromResult(_journal), options, workspaces);
        _lineUp = new PartitionLineUp(_contents, opened.Checkpoints, _loader, new SettingsFit(store.Place, workspaces));
        Partitions = _contents.Meta.Partitions;
        _pool = new ApplyPool(Environment.ProcessorCount);
        _partitions = new OpenPartitions(Partitions, _pool);
        _changing = [.. Enumerable.Range(0, Partitions).Select(_ => new SemaphoreSlim(1, 1))];
        _ended = _ending.Token;
        Workspaces = new WorkspaceDirectory(workspaces, _contents.Settings.Workspaces, Partitions);
        Models = new ModelCatalog(_contents);
        _reader = new HostReader(_partitions, Workspaces, Models, store.Ownership, Clock);
        _nameWatch = new NameWatch(Workspaces, _partitions, options.TimeProvider, log);
        _queue = new WriteQueue(Partitions, options.MaxQueuedBytes);
        _checkpointer = new Checkpointer(
            _partitions,
            opened.Checkpoints,
            _contents,
            options,
            _metrics,
            () => _storeLoop?.Wake(),
            Lose
        );
        _storeLoop = new StoreLoop(
            _contents,
            _journal,
            _checkpointer,
            Models.Refresh,
            log,
            StoreLoopFailed
        );
        // Whoever put a model may have waited for this process no longer than for its lease.
        store.Ownership.Renewing = Models.Refresh;
        _commit = new GroupCommit(_journal, _queue, _partitions, options, _metrics, log, new Watcher(this));
        _wakeTimer = options.TimeProvider.CreateTimer(
            _ => _queue.Wake(),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        foreach (var loaded in opened.Loaded)
        {
            _checkpointer.Journalled(loaded.Bytes);
            Open(loaded.Partition);
        }
        _committer = new Thread(Commit) { Name = "scoring commit", IsBackground = true };
        _committer.Start();
        _storeLoop.Start();
        _closing = new Lazy<Task>(() => Task.Run(Close));
        HostObservation.Observe(_metrics, this, _queue, _checkpointer, _journal, _partitions, _nameWatch);
    }

    /// <summary>Is told when somebody else has taken a partition over, so that it is not open here any more; by the thread that met it, which must not be held up.</summary>
    public Action<int>? Lost { get; set; }

    /// <summary>Partitions of the store.</summary>
    public int Partitions { get; }

    /// <summary>The clock that times of receipt are taken from, and which reads take for now.</summary>
    public ReceiptClock Clock { get; }

    /// <summary>What an acknowledgement means.</summary>
    public Durability Durability => _options.Durability;

    /// <summary>How far events may lie ahead of the clock.</summary>
    public TimeSpan MaxFutureSkew => _options.MaxFutureSkew;

    internal WorkspaceDirectory Workspaces { get; }

    internal ModelCatalog Models { get; }

    internal EngineLog Log => _log;

    /// <summary>What to name of the store in messages.</summary>
    internal string Place => _store.Place;

    internal System.Diagnostics.Metrics.Meter Meter => _metrics.Meter;

    /// <summary>The settings of a workspace; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public WorkspaceSettings Workspace(string name) => Workspaces.Get(name).Settings;

    /// <summary>The model of a name that this process answers by; the workspace's default for an empty one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/> or <see cref="ScoringError.ModelNotFound"/>.</exception>
    public ScoringModel Model(string workspaceName, string name)
    {
        var workspace = Workspaces.Get(workspaceName);
        return Models.Get(workspace.Number, workspace.Settings, name);
    }

    /// <summary>The models of a workspace that this process answers by, by name (ordinal).</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public IReadOnlyList<ScoringModel> ListModels(string workspaceName) =>
        Models.List(Workspaces.Get(workspaceName).Number);

    /// <summary>Opens a store, or makes it. One that this process alone has is read as a whole, and all of its partitions are open.</summary>
    /// <param name="options">How to run; where the store lies it does not say.</param>
    /// <param name="store">The store, which is the host's from then on.</param>
    /// <param name="found">What was found in the store.</param>
    /// <exception cref="StoreException">
    /// The store is damaged, foreign, of another version, or does not go with the settings. It is left as it is.
    /// </exception>
    public static PartitionHost Open(EngineOptions options, IStore store, out RecoverySummary found)
    {
        var log = new EngineLog(options.Logger);
        var started = options.TimeProvider.GetTimestamp();
        var workspaces = WithDefault(options.Workspaces);
        try
        {
            var opened = new StoreOpening(store, options, workspaces, log).Run();
            var duration = options.TimeProvider.GetElapsedTime(started);
            found = new RecoverySummary(
                opened.Loaded.Sum(loaded => loaded.Customers),
                opened.Loaded.Sum(loaded => loaded.Accounts),
                opened.Progress.Replayed,
                opened.Contents.Meta.Partitions,
                duration
            );
            log.Recovered(found.Customers, found.Accounts, found.EventsReplayed, duration.TotalSeconds);
            return new PartitionHost(options, workspaces, store, opened, log);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Whether a partition is open.</summary>
    public bool IsOpen(int partition) => _partitions.Find(partition) is not null;

    /// <summary>Opens a partition: claims it, reads what is stored of it, and takes it over from whoever had it.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.Unavailable"/>: the store cannot be used, somebody else claims it too, or this host is stopping.
    /// </exception>
    public async Task OpenPartitionAsync(int partition, CancellationToken cancellationToken)
    {
        if (IsOpen(partition) && _store.Ownership.Holds(partition))
        {
            return;
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended);
        try
        {
            await ChangeAsync(partition, () => TakeOverAsync(partition, ends.Token), ends.Token);
        }
        catch (StoreFailure e)
        {
            throw StoreErrors.Of(e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Stopping();
        }
    }

    /// <summary>Closes a partition: finishes the writes taken, checkpoints it, and gives it up. Whoever opens it next has not to wait.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: this host is stopping, or has to be restarted.</exception>
    /// <remarks>One of a store that this process alone has stays open until the host is disposed of: nobody else would open it.</remarks>
    public Task ClosePartitionAsync(int partition, CancellationToken cancellationToken) =>
        _store.Ownership.IsShared
            ? ChangeAsync(partition, () => GiveUpAsync(partition), CancellationToken.None).WaitAsync(cancellationToken)
            : Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<HostAnswer<WriteResult>> WriteAsync(HostWrite write, CancellationToken cancellationToken)
    {
        var workspace = Workspaces.Get(write.Workspace);
        var call = new WriteCall(_options.Durability, Clock.Now, write.Parts.Count);
        foreach (var part in write.Parts)
        {
            call.Add(new WritePart(call, part.Partition, write.Kind, workspace.Number, part.Payload));
        }
        try
        {
            _queue.Enqueue(call);
        }
        catch (ScoringException error)
        {
            foreach (var part in write.Parts)
            {
                part.Payload.Dispose();
            }
            return ValueTask.FromException<HostAnswer<WriteResult>>(error);
        }
        if (call.Parts.Count == 0)
        {
            return new(new HostAnswer<WriteResult>(null, call.Absent));
        }
        return cancellationToken.CanBeCanceled ? new(call.Answer.AsTask().WaitAsync(cancellationToken)) : call.Answer;
    }

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
        ScoreQuery query,
        int modelVersion,
        CancellationToken cancellationToken
    ) => new(_reader.Scores(query, modelVersion));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.Tally(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<AccountTallies>> TallyAsync(
        AccountQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.Tally(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.Hints(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<HostNames>> ListNamesAsync(
        string workspace,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    ) => new(_reader.Names(workspace, partitions));

    /// <summary>Returns when writes can be taken and reads answered; throws an error that says why when they cannot.</summary>
    /// <exception cref="ScoringException">They cannot.</exception>
    public void ThrowIfRefusing() => _queue.ThrowIfRefusing();

    /// <summary>Writes a checkpoint of everything acknowledged so far, and returns once it is in the store.</summary>
    /// <exception cref="ScoringException">The store has no room; the log still holds everything.</exception>
    public Task CheckpointAsync(CancellationToken cancellationToken = default)
    {
        var done = _checkpointer.Request();
        _storeLoop.Wake();
        return done.WaitAsync(cancellationToken);
    }

    /// <summary>Reads the models again, which another process may have put.</summary>
    /// <exception cref="ScoringException">The store cannot be read.</exception>
    public Task RefreshModelsAsync() => _storeLoop.RunAsync(Models.Refresh);

    /// <summary>Takes no more writes, finishes those taken, checkpoints, and closes the store.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    /// <summary>Stores a valid model as the next version of its name.</summary>
    /// <exception cref="ScoringException">It conflicts, or cannot be stored at the moment.</exception>
    internal Task<ScoringModel> PutModelAsync(EngineWorkspace workspace, ScoringModel model, string? sourceHash) =>
        _storeLoop.RunAsync(() => Models.Put(workspace, model, sourceHash, _options.TimeProvider.GetUtcNow()));

    private static IReadOnlyList<WorkspaceSettings> WithDefault(IReadOnlyList<WorkspaceSettings> workspaces) =>
        workspaces.Any(w => w.Name == WorkspaceSettings.DefaultName)
            ? workspaces
            : [new WorkspaceSettings { Name = WorkspaceSettings.DefaultName }, .. workspaces];

    private void Open(Partition partition)
    {
        _commit.StartAt(partition.Index, partition.AppliedEntry);
        _partitions.Open(new ApplyQueue(partition, Applied, ApplyFailed));
        _queue.Open(partition.Index);
    }

    private async Task ChangeAsync(int partition, Func<Task> change, CancellationToken cancellationToken)
    {
        await _changing[partition].WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        finally
        {
            _changing[partition].Release();
        }
    }

    private async Task TakeOverAsync(int index, CancellationToken cancellationToken)
    {
        if (IsOpen(index))
        {
            if (_store.Ownership.Holds(index))
            {
                return;
            }
            // Somebody else has claimed it, which no write has met yet.
            Lose(index);
        }
        // It may have been lost with writes on their way.
        await OnThreadAsync(() => _queue.WaitUntilIdle(index, cancellationToken), cancellationToken);
        try
        {
            var loaded = await ClaimAsync(index, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Clock.NotBefore(loaded.Partition.LastReceipt);
            _checkpointer.Journalled(loaded.Bytes);
            Open(loaded.Partition);
        }
        catch
        {
            // The claim stays: whoever had it before may answer still, and nobody may come in before that ends.
            _partitions.Remove(index);
            throw;
        }
    }

    /// <summary>Makes a partition this host's, and gives it once nobody else answers for it any more.</summary>
    private async Task<LoadedPartition> ClaimAsync(int index, CancellationToken cancellationToken)
    {
        var progress = new RecoveryProgress();
        var (claim, claimed, loaded) = await OnThreadAsync(
            () =>
            {
                var claim = _store.Ownership.Claim(index);
                // Not before: what is left of the lease is left from here on at the most.
                var claimed = _options.TimeProvider.GetTimestamp();
                return (claim, claimed, _loader.Load(index, _contents.ReadState(index), claim.Epoch, progress));
            },
            cancellationToken
        );
        if (_store.Ownership.IsShared)
        {
            await _storeLoop.RunAsync(() =>
            {
                _contents.RefreshSettings();
                // What owners before left behind of it goes.
                _checkpoints.StartWriting(_contents.IsNamed);
            });
        }
        _lineUp.RefuseUnfit(loaded);
        if (_store.Ownership.IsShared)
        {
            await AppendTakeOverAsync(loaded.Partition, cancellationToken);
        }
        // Not before: what others appended until then they have applied by the settings before.
        loaded = await _storeLoop.RunAsync(() => _lineUp.Run(loaded, progress));
        // Whoever had it before may answer until its lease has ended.
        var left = claim.Wait - _options.TimeProvider.GetElapsedTime(claimed);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, _options.TimeProvider, cancellationToken);
        }
        return loaded;
    }

    /// <summary>Takes the next place of the log, so that whoever had the partition before appends nothing more.</summary>
    private async Task AppendTakeOverAsync(Partition partition, CancellationToken cancellationToken)
    {
        while (true)
        {
            await OnThreadAsync(() => PartitionRecovery.CatchUp(partition, _journal), cancellationToken);
            ThrowUnlessHeld(partition.Index);
            var call = new WriteCall(_options.Durability, Clock.Now) { IsTakeOver = true };
            call.Add(
                new WritePart(call, partition.Index, CommandKind.TakeOver, Workspace: 0, new BlobWriter(capacity: 0))
            );
            _commit.StartAt(partition.Index, partition.AppliedEntry);
            _partitions.Take(new ApplyQueue(partition, Applied, ApplyFailed));
            _queue.Enqueue(call);
            try
            {
                await call.Answer.AsTask().WaitAsync(cancellationToken);
                return;
            }
            catch (ScoringException) when (!_queue.IsRefusing)
            {
                // Somebody was quicker; what was appended is read and the next place is tried.
            }
        }
    }

    private void ThrowUnlessHeld(int partition)
    {
        if (!_store.Ownership.Holds(partition))
        {
            throw new ScoringException(
                ScoringError.Unavailable,
                $"Another server has claimed partition {partition} since, or this one's lease has ended."
            );
        }
    }

    private async Task GiveUpAsync(int index)
    {
        _queue.Close(index);
        if (_partitions.Find(index) is not { } partition)
        {
            return;
        }
        await OnThreadAsync(
            () =>
            {
                _queue.WaitUntilIdle(index, CancellationToken.None);
                _partitions.WaitUntilIdle(index);
            },
            CancellationToken.None
        );
        try
        {
            await _storeLoop.CompleteAsync(partition);
        }
        catch (ScoringException e)
        {
            // The log says the same.
            _log.CheckpointPostponed(e);
        }
        _partitions.Remove(index);
        await OnThreadAsync(() => Release(index), CancellationToken.None);
    }

    private Task<bool> OnThreadAsync(Action action, CancellationToken cancellationToken) =>
        OnThreadAsync(
            () =>
            {
                action();
                return true;
            },
            cancellationToken
        );

    /// <summary>Does what waits for the store on a thread of its own, some at a time: those of the pool have calls to answer, and leases to renew.</summary>
    private async Task<T> OnThreadAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        await _threads.WaitAsync(cancellationToken);
        try
        {
            return await Task.Factory.StartNew(
                action,
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
        finally
        {
            _threads.Release();
        }
    }

    private void Release(int index)
    {
        try
        {
            _store.Ownership.Release(index);
        }
        catch (StoreFailure e)
        {
            _log.NotReleased(index, e);
        }
    }

    private void Lose(int partition)
    {
        if (!_store.Ownership.IsShared)
        {
            throw new InvalidOperationException($"Partition {partition} was written by another process.");
        }
        _queue.Close(partition);
        if (_partitions.Remove(partition))
        {
            _log.PartitionLost(partition);
            Lost?.Invoke(partition);
        }
    }

    private void Commit()
    {
        try
        {
            while (_commit.Step(wait: !_stopping) || !_stopping) { }
        }
        catch (Exception e)
        {
            // A fault of the program: answer those who wait, and be seen as unhealthy.
            _log.EngineBroken(e);
            _storeLoop.Abort();
            _commit.Break(StoreErrors.Unavailable(e));
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
        _commit.Abort();
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
        _commit.Abort();
    }

    private static ScoringException Stopping() =>
        new(ScoringError.Unavailable, "The service is stopping.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private void Close()
    {
        _queue.Close(Stopping());
        _ending.Cancel();
        // What is being opened or closed comes to its end first.
        Array.ForEach(_changing, changing => changing.Wait());
        _nameWatch.Dispose();
        _stopping = true;
        _queue.Wake();
        _committer.Join();
        _wakeTimer.Dispose();
        for (var partition = 0; partition < Partitions; partition++)
        {
            _partitions.WaitUntilIdle(partition);
        }
        _pool.End();
        _storeLoop.Stop();
        if (!_store.Ownership.IsShared)
        {
            var customers = _partitions.All.Sum(p => p.Shares.Sum(s => (long)s.Population.Count));
            _log.Closed(customers, _checkpointer.JournalBytes);
        }
        foreach (var partition in _partitions.All.ToList())
        {
            _partitions.Remove(partition.Index);
            Release(partition.Index);
        }
        _checkpointer.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
        _ending.Dispose();
        _store.Dispose();
    }

    /// <inheritdoc/>
    private sealed class Watcher(PartitionHost host) : ICommitWatcher
    {
        private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);

        public void Committed(long bytes) => host._checkpointer.Journalled(bytes);

        public void Fenced(int partition) => host.Lose(partition);

        public void Full()
        {
            host._checkpointer.Nudge();
            host._storeLoop.Wake();
        }

        public void WakeSoon() => host._wakeTimer.Change(ReopenDelay, Timeout.InfiniteTimeSpan);
    }
}
