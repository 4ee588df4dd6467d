using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Storage;
using Scoring.Engine.Time;

namespace Scoring.Engine;

/// <summary>One process that has a store for itself, with all of its partitions.</summary>
public sealed class ScoringEngine : IScoringBackend, IAsyncDisposable
{
    private readonly PartitionHost _host;
    private readonly PartitionRouter _router;
    private readonly ModelKeeper _keeper;

    private ScoringEngine(PartitionHost host, EngineOptions options, RecoverySummary recovery)
    {
        _host = host;
        _router = new PartitionRouter(
            host,
            new LocalMap(host),
            new PartitionRouterOptions { TimeProvider = options.TimeProvider }
        );
        _keeper = new ModelKeeper(host, _router);
        Recovery = recovery;
    }

    /// <summary>What was found in the store.</summary>
    public RecoverySummary Recovery { get; }

    /// <summary>The clock that times of receipt are taken from, and which reads take for now.</summary>
    public ReceiptClock Clock => _host.Clock;

    internal System.Diagnostics.Metrics.Meter Meter => _host.Meter;

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
        var engine = await Task.Run(
            () =>
            {
                var host = PartitionHost.Open(options, store(), out var found);
                return new ScoringEngine(host, options, found);
            },
            cancellationToken
        );
        try
        {
            foreach (var partition in Enumerable.Range(0, engine._host.Partitions))
            {
                await engine._host.OpenPartitionAsync(partition, cancellationToken);
            }
            await engine._keeper.LoadAsync(options.Models);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken) =>
        _router.RecordAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    ) => _router.UpsertCustomersAsync(workspace, customers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    ) => _router.UpsertAccountsAsync(workspace, accounts, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    ) => _router.GetScoresAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    ) => _router.GetSegmentStatisticsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    ) => _router.GetAccountHealthAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(_router.ListModels(workspace));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => _router.ListEventTypesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    ) => new(_keeper.PutAsync(workspace, model).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        _router.ListNamesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => new(_keeper.PruneAsync(workspace, pruning).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken)
    {
        _host.ThrowIfRefusing();
        return default;
    }

    /// <summary>Writes a checkpoint of everything acknowledged so far, and returns once it is in the store.</summary>
    /// <exception cref="ScoringException">The store has no room; the log still holds everything.</exception>
    public Task CheckpointAsync(CancellationToken cancellationToken = default) =>
        _host.CheckpointAsync(cancellationToken);

    /// <summary>Takes no more writes, finishes those taken, checkpoints, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _keeper.Dispose();
    }
}
