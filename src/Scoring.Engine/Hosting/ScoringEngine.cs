using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Recovery;
using Scoring.Engine.Time;

namespace Scoring.Engine.Hosting;

/// <summary>One process that has a store for itself, with all of its partitions.</summary>
public sealed class ScoringEngine : RoutedBackend, IAsyncDisposable
{
    private readonly PartitionHost _host;
    private readonly ModelKeeper _keeper;

    private ScoringEngine(PartitionHost host, PartitionRouter router, ModelKeeper keeper, RecoverySummary recovery)
        : base(host, router, keeper) => (_host, _keeper, Recovery) = (host, keeper, recovery);

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
                var router = new PartitionRouter(
                    host,
                    new LocalMap(host),
                    new() { TimeProvider = options.TimeProvider }
                );
                return new ScoringEngine(host, router, new ModelKeeper(host, router), found);
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
