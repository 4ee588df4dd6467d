using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Grains.Hosting;

namespace Scoring.Grains.Tests.Fakes;

/// <summary>Silos in this process over one store in its memory.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly InProcessTestCluster _cluster;

    private TestSilos(InProcessTestCluster cluster, SharedStore store) => (_cluster, Store) = (cluster, store);

    public SharedStore Store { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The silos that are up.</summary>
    public IReadOnlyList<InProcessSiloHandle> Up => [.. _cluster.Silos.Where(silo => silo.IsActive)];

    /// <summary>An application that is no silo.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>Starts silos and returns once every partition is open.</summary>
    public static async Task<TestSilos> StartAsync(
        int silos,
        int partitions = 64,
        Func<GrainOptions, GrainOptions>? change = null
    )
    {
        var store = new SharedStore(partitions);
        var options = new GrainOptions
        {
            RebalanceDelay = TimeSpan.FromMilliseconds(300),
            CheckInterval = TimeSpan.FromMilliseconds(200),
        };
        options = change?.Invoke(options) ?? options;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddLogging(log => log.ClearProviders());
                silo.AddScoring(
                    options,
                    services => store.ProcessOf(services.GetRequiredService<ILocalSiloDetails>().SiloAddress)
                );
                // A silo that was ended is missed soon.
                silo.Configure<ClusterMembershipOptions>(membership =>
                {
                    membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                    membership.NumMissedProbesLimit = 2;
                    membership.NumVotesForDeathDeclaration = 1;
                });
            }
        );
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new TestSilos(cluster, store);
        await started.AllOpenAsync();
        return started;
    }

    public async Task<InProcessSiloHandle> JoinAsync() => await _cluster.StartAdditionalSiloAsync();

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task KillAsync(InProcessSiloHandle silo)
    {
        Store.ProcessOf(silo.SiloAddress).IsKilled = true;
        return _cluster.KillSiloAsync(silo);
    }

    public T Service<T>(int silo)
        where T : notnull => Up[silo % Up.Count].ServiceProvider.GetRequiredService<T>();

    public IScoringBackend Front(int silo) => Service<IScoringBackend>(silo);

    public IGrainFactory Grains(int silo) => Service<IGrainFactory>(silo);

    public EngineProcess Process(int silo) => Store.ProcessOf(Up[silo % Up.Count].SiloAddress);

    /// <summary>Returns once every partition is open on a silo that is up.</summary>
    public Task AllOpenAsync() =>
        UntilAsync(
            () =>
                Store.Partitions.All(partition =>
                    partition.Owner is { } owner && Up.Any(silo => silo.SiloAddress.Equals(owner.Silo))
                ),
            () => $"open: {string.Join(", ", Up.Select(silo => Store.OpenOn(silo.SiloAddress).Length))}"
        );

    /// <summary>Returns once every partition is at home among the silos that are up.</summary>
    public Task AllHomeAsync()
    {
        var homes = new Scoring.Grains.Placement.PartitionHomes(
            Store.Partitions.Length,
            Up.Select(silo => silo.SiloAddress)
        );
        return UntilAsync(() =>
            Store.Partitions.All(partition => partition.Owner?.Silo.Equals(homes.Of(partition.Number)) == true)
        );
    }

    public static async Task UntilAsync(Func<bool> holds, Func<string>? say = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, say?.Invoke() ?? "It never came true.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }
    }

    public async Task<WriteResult> RecordAsync(int silo, params Sample[] events)
    {
        using var batch = Samples.Batch(events, SharedStore.Workspace);
        return await Front(silo).RecordAsync(batch, Cancellation);
    }

    public async Task<IReadOnlyList<CustomerScore?>> ScoresAsync(int silo, params string[] customers) =>
        await Front(silo).GetScoresAsync(new ScoreQuery(SharedStore.Workspace, customers, "", null), Cancellation);

    public async Task<double> CountOfAsync(int silo, string customer) =>
        (await ScoresAsync(silo, customer))[0]?.Contributions.Where(c => c.Term.HalfLifeDays == 0).Sum(c => c.Quantity)
        ?? 0;

    public async ValueTask DisposeAsync()
    {
        Store.BeforeOpening = _ => Task.CompletedTask;
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
