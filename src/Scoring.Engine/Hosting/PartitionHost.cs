using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
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
public sealed partial class PartitionHost : IPartitionHost, IAsyncDisposable
{
    private readonly EngineOptions _options;
    private readonly IStore _store;
    private readonly OpenedStore _opened;
    private readonly OpenPartitions _partitions;
    private readonly HostReader _reader;
    private readonly NameWatch _nameWatch;
    private readonly SharedDocuments _documents;
    private readonly EngineMetrics _metrics = new();
    private readonly WriteQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly StoreLoop _storeLoop;
    private readonly GroupCommit _commit;
    private readonly PartitionHandOver _handOver;
    private readonly Lazy<Task> _closing;

    private PartitionHost(
        EngineOptions options,
        IReadOnlyList<WorkspaceSettings> workspaces,
        IStore store,
        OpenedStore opened,
        EngineLog log
    )
    {
        var receipts = opened.Loaded.Select(loaded => loaded.Partition.LastReceipt);
        Clock = new ReceiptClock(
            options.TimeProvider,
            options.ClockTolerance,
            options.FollowClockAfter,
            receipts.DefaultIfEmpty(Instant.MinValue).Max(),
            log
        );
        // Whoever asks for the time asks for the one that is received by.
        _options = options = options with { TimeProvider = Clock };
        (_store, _opened, Log) = (store, opened, log);
        var contents = opened.Contents;
        Workspaces = new WorkspaceDirectory(workspaces, contents.Settings.Workspaces, Partitions);
        Models = new ModelCatalog(contents);
        Lists = new KeptLists(Clock);
        _documents = new SharedDocuments(contents);
        _partitions = new OpenPartitions(Partitions);
        _reader = new HostReader(_partitions, Workspaces, Models, opened.Checkpoints, store.Ownership, Clock);
        _nameWatch = new NameWatch(Workspaces, _partitions, options.TimeProvider, log);
        _queue = new WriteQueue(Partitions, options.MaxQueuedBytes);
        _checkpointer = new Checkpointer(
            _partitions,
            opened.Checkpoints,
            contents,
            options,
            _metrics,
            log,
            () => _storeLoop?.Wake(),
            partition => _handOver!.Lose(partition)
        );
        _storeLoop = new StoreLoop(contents, opened.Log, _checkpointer, Refresh, log, StoreLoopFailed);
        _commit = new GroupCommit(
            opened.Log,
            _queue,
            _partitions,
            _checkpointer,
            partition => _handOver!.Lose(partition),
            _storeLoop.Abort,
            options,
            _metrics,
            log
        );
        var loader = new PartitionLoader(opened.Checkpoints, Task.FromResult(opened.Log), options, workspaces);
        var fit = new SettingsFit(store.Place, workspaces);
        _handOver = new PartitionHandOver(
            options,
            store.Ownership,
            opened,
            loader,
            new PartitionLineUp(contents, opened.Checkpoints, loader, fit),
            _partitions,
            _queue,
            _commit,
            _checkpointer,
            _storeLoop,
            Clock,
            log
        );
        foreach (var loaded in opened.Loaded)
        {
            _handOver.Open(loaded);
        }
        // Whoever put a model may have waited for this process no longer than for its lease.
        store.Ownership.Renewing = Refresh;
        _closing = new Lazy<Task>(() => Task.Run(Close));
        Observe();
        _commit.Start();
        _storeLoop.Start();
    }

    /// <summary>Is told when somebody else has taken a partition over, so that it is not open here any more; by the thread that met it, which must not be held up.</summary>
    public Action<int>? Lost
    {
        get => _handOver.Lost;
        set => _handOver.Lost = value;
    }

    /// <summary>Partitions of the store.</summary>
    public int Partitions => _opened.Contents.Meta.Partitions;

    /// <summary>The clock that times of receipt are taken from, and which reads take for now.</summary>
    public ReceiptClock Clock { get; }

    /// <summary>For how long events are kept one by one.</summary>
    internal TimeSpan ArchiveRetention => _options.ArchiveRetention;

    /// <summary>What an acknowledgement means.</summary>
    public Durability Durability => _options.Durability;

    /// <summary>How far events may lie ahead of the clock.</summary>
    public TimeSpan MaxFutureSkew => _options.MaxFutureSkew;

    internal WorkspaceDirectory Workspaces { get; }

    internal ModelCatalog Models { get; }

    internal KeptLists Lists { get; }

    internal EngineLog Log { get; }

    /// <summary>What to name of the store in messages.</summary>
    internal string Place => _store.Place;

    internal System.Diagnostics.Metrics.Meter Meter => _metrics.Meter;

    /// <summary>The settings of a workspace; an empty name stands for the default one.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public WorkspaceSettings Workspace(string name) => Workspaces.Get(name).Settings;

    /// <summary>The model that this process answers by; the workspace's default for an empty name.</summary>
    /// <param name="workspaceName">The workspace.</param>
    /// <param name="model">A <see cref="ModelReference"/>.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.WorkspaceNotFound"/>, <see cref="ScoringError.ModelNotFound"/> or <see cref="ScoringError.ModelVersionNotFound"/>, for example.
    /// </exception>
    public ScoringModel Model(string workspaceName, string model)
    {
        var workspace = Workspaces.Get(workspaceName);
        return Models.Get(workspace.Number, workspace.Settings, ModelReference.Parse(model));
    }

    /// <summary>The models of a workspace that this process answers by, by name (ordinal).</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>.</exception>
    public IReadOnlyList<ScoringModel> ListModels(string workspaceName) =>
        Models.List(Workspaces.Get(workspaceName).Number);

    /// <summary>The versions of a model that are kept, the newest first; also of one that was deleted.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.WorkspaceNotFound"/>, <see cref="ScoringError.ModelNotFound"/>, for example.</exception>
    public IReadOnlyList<ScoringModel> ListModelVersions(string workspaceName, string name)
    {
        var workspace = Workspaces.Get(workspaceName);
        var versions = Models.Versions(workspace.Number, name);
        return versions.Count > 0
            ? versions
            : throw Refusals.ModelNotFound(workspace.Settings, name, Models.List(workspace.Number));
    }

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
    public Task OpenPartitionAsync(int partition, CancellationToken cancellationToken) =>
        _handOver.OpenAsync(partition, cancellationToken);

    /// <summary>Closes a partition: checkpoints it, finishes the writes taken until then, and gives it up. Whoever opens it next has not to wait for the lease.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: this host is stopping, or has to be restarted.</exception>
    /// <remarks>One of a store that this process alone has stays open until the host is disposed of: nobody else would open it.</remarks>
    public Task ClosePartitionAsync(int partition, CancellationToken cancellationToken) =>
        _handOver.CloseAsync(partition, cancellationToken);

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
            write.Release(_ => true);
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
    public ValueTask<HostAnswer<IReadOnlyList<CustomerDetails>>> DescribeCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => new(_reader.Customer(workspace, customerId));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<CustomerPast>>> ReadPastAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => new(OfArchive(() => _reader.Past(workspace, customerId)));

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyPastAsync(
        PastSegmentQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.TallyPast(question)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HostAnswer<PastMarks>> MarkPastAsync(
        PastMarkQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.MarkPast(question));

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<SegmentChangeTally>> TallyChangeAsync(
        SegmentChangeQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.TallyChange(question)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<PastAccountTallies>> TallyPastAsync(
        PastAccountQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.TallyPast(question)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountChangeFound>> TallyChangeAsync(
        AccountChangeQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.TallyChange(question)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<EvaluationPart>>> EvaluateAsync(
        EvaluationQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.Evaluate(question, cancellationToken)), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<EventPage>> ExportAsync(
        EventExportQuestion question,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.Export(question)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<MergedCustomer?>>> FindMergedAsync(
        string workspace,
        IReadOnlyList<string> customerIds,
        CancellationToken cancellationToken
    ) => new(_reader.Merged(workspace, customerIds));

    /// <summary>Reads files of archives; of one that cannot be read the log says which, and the caller that there is one.</summary>
    private T OfArchive<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (StoreException e)
        {
            Log.ArchiveUnreadable(e);
            throw new ScoringException(
                ScoringError.Unavailable,
                "A file of the archive cannot be read, so nothing is told of the past. The server's log says which."
            );
        }
    }

    /// <inheritdoc/>
    public ValueTask<HostAnswer<AccountDetails>> DescribeAccountAsync(
        string workspace,
        string accountId,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    ) => new(_reader.Account(workspace, accountId, partitions));

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
    public ValueTask<HostAnswer<IReadOnlyList<PreviewTally>>> PreviewAsync(
        PreviewQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.Preview(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<BandLeaverTally>> FindLeaversAsync(
        BandLeaverQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.Leavers(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<TraitTally>> CountTraitsAsync(
        ContrastQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.CountTraits(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<GroupTally>> GroupAsync(GroupQuestion question, CancellationToken cancellationToken) =>
        new(_reader.Group(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IdList>> ListAsync(ListQuestion question, CancellationToken cancellationToken) =>
        new(_reader.List(question));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<AccountTable>> TallyAccountsAsync(
        AccountListQuestion question,
        CancellationToken cancellationToken
    ) => new(_reader.TallyAccounts(question));

    /// <inheritdoc/>
    public ValueTask<ListPart?> ReadListAsync(string list, int offset, int size, CancellationToken cancellationToken) =>
        new(Lists.Read(list, offset, size));

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<string>>>> FindAccountsAsync(
        AccountSearch search,
        CancellationToken cancellationToken
    ) => new(_reader.Accounts(search));

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<PastAccountMatch>>> FindPastAccountsAsync(
        PastAccountSearch search,
        CancellationToken cancellationToken
    ) => await Task.Run(() => OfArchive(() => _reader.PastAccounts(search)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<HostAnswer<IReadOnlyList<CustomerAdjustment>>> FindAdjustmentsAsync(
        AdjustmentSearch search,
        CancellationToken cancellationToken
    ) => new(_reader.Adjustments(search));

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
    public Task CheckpointAsync(CancellationToken cancellationToken = default) =>
        _checkpointer.Request().WaitAsync(cancellationToken);

    /// <summary>Reads the models and the documents that are followed again, which another process may have put.</summary>
    /// <exception cref="StoreException">They are damaged.</exception>
    /// <exception cref="ScoringException">The store cannot be used at the moment.</exception>
    public Task RefreshAsync() =>
        WithStoreAsync(() =>
        {
            Refresh();
            return true;
        });

    /// <summary>A document that this process knows the newest version of from now on, as it does of the models.</summary>
    /// <param name="name">Its name: lower-case letters, digits, '_' and '-'.</param>
    /// <exception cref="StoreException">It is damaged.</exception>
    /// <exception cref="ScoringException">It was not followed yet, and the store cannot be used at the moment.</exception>
    public SharedDocument FollowDocument(string name)
    {
        try
        {
            return _documents.Followed(name);
        }
        catch (StoreException e) when (e.MayPass)
        {
            throw StoreErrors.NotReadNow(e);
        }
    }

    /// <summary>A document as it is in the store now.</summary>
    /// <param name="name">Its name: lower-case letters, digits, '_' and '-'.</param>
    /// <exception cref="StoreException">It is damaged.</exception>
    /// <exception cref="ScoringException">The store cannot be used at the moment.</exception>
    public Task<SharedDocument> ReadDocumentAsync(string name) => WithStoreAsync(() => _documents.Read(name));

    /// <summary>Replaces a document, or adds it. It is durable when this returns; others who follow it know of it once they have refreshed.</summary>
    /// <param name="name">Its name: lower-case letters, digits, '_' and '-'.</param>
    /// <param name="replaced">The version that is replaced, 0 for none.</param>
    /// <param name="content">What it is to hold.</param>
    /// <returns>False when another version is there.</returns>
    /// <exception cref="ScoringException">It cannot be stored at the moment.</exception>
    public Task<bool> TryPutDocumentAsync(string name, long replaced, byte[] content) =>
        WithStoreAsync(() => _documents.TryPut(name, replaced, content));

    /// <summary>Takes no more writes, finishes those taken, checkpoints, and closes the store.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    /// <summary>Stores a valid model as the next version of its name.</summary>
    /// <exception cref="ScoringException">It conflicts, or cannot be stored at the moment.</exception>
    internal Task<ScoringModel> PutModelAsync(EngineWorkspace workspace, ScoringModel model, string? sourceHash) =>
        WithStoreAsync(() => Models.Put(workspace, model, sourceHash, _options.TimeProvider.GetUtcNow()));

    /// <summary>Deletes a model that nothing needs, and returns the version that was deleted.</summary>
    /// <exception cref="ScoringException">There is none, it conflicts, or it cannot be done at the moment.</exception>
    internal Task<int> DeleteModelAsync(EngineWorkspace workspace, string name, int version) =>
        WithStoreAsync(() => Models.Delete(workspace, name, version));

    private async Task<T> WithStoreAsync<T>(Func<T> action)
    {
        try
        {
            return await _storeLoop.RunAsync(action);
        }
        catch (StoreException e) when (e.MayPass)
        {
            throw StoreErrors.NotReadNow(e);
        }
    }

    private void Refresh()
    {
        Models.Refresh();
        _documents.Refresh();
    }

    private static IReadOnlyList<WorkspaceSettings> WithDefault(IReadOnlyList<WorkspaceSettings> workspaces) =>
        workspaces.Any(w => w.Name == WorkspaceSettings.DefaultName)
            ? workspaces
            : [new WorkspaceSettings { Name = WorkspaceSettings.DefaultName }, .. workspaces];

    private void StoreLoopFailed(Exception error)
    {
        Log.EngineBroken(error);
        _commit.Abort(StoreErrors.RestartNeeded("its store cannot be written any more", error));
    }

    private void Close()
    {
        _queue.Close(StoreErrors.Stopping());
        _handOver.End();
        _nameWatch.Dispose();
        _commit.Dispose();
        _storeLoop.Stop();
        if (!_store.Ownership.IsShared)
        {
            var customers = _partitions.All.Sum(p => p.Shares.Sum(s => (long)s.Population.Count));
            Log.Closed(customers, _checkpointer.JournalBytes);
        }
        _handOver.Dispose();
        _checkpointer.Dispose();
        _opened.Log.Dispose();
        _metrics.Dispose();
        _store.Dispose();
    }
}
