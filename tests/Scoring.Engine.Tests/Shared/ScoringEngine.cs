using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;
using Scoring.Engine.Time;

namespace Scoring.Engine.Tests;

/// <summary>One process that has a store for itself, with all of its partitions.</summary>
internal sealed class ScoringEngine : RoutedBackend, IAsyncDisposable
{
    private ScoringEngine(PartitionHost host, RecoverySummary recovery)
        : base(host, new OneHost(host)) => (Host, Recovery) = (host, recovery);

    public PartitionHost Host { get; }

    /// <summary>What was found in the store.</summary>
    public RecoverySummary Recovery { get; }

    /// <summary>The clock that times of receipt are taken from, and which reads take for now.</summary>
    public ReceiptClock Clock => Host.Clock;

    /// <summary>Opens the store of a data directory, or makes it, and recovers what is in it.</summary>
    public static Task<ScoringEngine> OpenAsync(EngineOptions options, CancellationToken cancellationToken = default) =>
        OpenAsync(options, () => FileStore.Lock(options), cancellationToken);

    /// <summary>Opens a store, or makes it, and recovers what is in it.</summary>
    /// <param name="options">How to run; where the store lies it does not say.</param>
    /// <param name="store">Gives the store, which is the engine's from then on.</param>
    /// <param name="cancellationToken">Ends the wait between the steps.</param>
    public static async Task<ScoringEngine> OpenAsync(
        EngineOptions options,
        Func<IStore> store,
        CancellationToken cancellationToken = default
    )
    {
        var engine = await Task.Run(
            () => new ScoringEngine(PartitionHost.Open(options, store(), out var found), found),
            cancellationToken
        );
        try
        {
            foreach (var partition in Enumerable.Range(0, engine.Host.Partitions))
            {
                await engine.Host.OpenPartitionAsync(partition, cancellationToken);
            }
            await engine.StartAsync(options.Models);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a checkpoint of everything acknowledged so far, and returns once it is in the store.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken = default) =>
        Host.CheckpointAsync(cancellationToken);

    /// <summary>Takes no more writes, finishes those taken, checkpoints, and closes the store.</summary>
    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private sealed class OneHost(PartitionHost host) : IPartitionMap
    {
        public TimeSpan MaxWait => TimeSpan.FromSeconds(10);

        public string Here => "here";

        public IPartitionHost? HostNamed(string name) => name == Here ? host : null;

        public IPartitionHost HostOf(int partition) => host;

        public ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken) =>
            throw new ScoringException(
                ScoringError.Unavailable,
                $"Partition {absent[0]} is not open, and no other server has it."
            );
    }
}
