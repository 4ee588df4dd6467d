using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.TestingHost;
using Scoring.Cluster.Hosting;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Cluster.Workspaces;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Tests.Clusters;

/// <summary>A cluster of three silos with a database of its own. Every test gets a workspace of its own in it.</summary>
public sealed class ThreeSilos(PostgresServer postgres) : IBackendHosts, IAsyncLifetime
{
    /// <summary>Shards of each workspace.</summary>
    public const int Shards = 5;

    private readonly List<WorkspaceSettings> _workspaces = [];
    private InProcessTestCluster _cluster = null!;
    private int _started;
    private int _turn;

    /// <summary>Who called whom.</summary>
    public CallChains Calls { get; } = new();

    /// <summary>The clock of all silos.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>How long event ids are remembered.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where the silos' database is.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>The silos that are up.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos.Where(silo => silo.IsActive)];

    /// <summary>The front of a silo; another one each time.</summary>
    public IScoringBackend Front => Service<IScoringBackend>(Interlocked.Increment(ref _turn));

    /// <summary>Starts the silos on a database that holds something.</summary>
    public Task StartOnAsync(string connection, params WorkspaceSettings[] workspaces)
    {
        Connection = connection;
        _workspaces.AddRange(workspaces);
        return DeployAsync();
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Connection = await postgres.NewDatabaseAsync();
        await DeployAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    /// <inheritdoc/>
    public Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant)
    {
        var workspace = settings with { Name = $"w{Interlocked.Increment(ref _started)}" };
        _workspaces.Add(workspace);
        foreach (var silo in Silos)
        {
            silo.ServiceProvider.GetRequiredService<WorkspaceDirectory>().Add(workspace);
        }
        return Task.FromResult<BackendHost>(new ClusterHost(this, workspace.Name));
    }

    /// <summary>Ends all silos without a word and starts others on what is in PostgreSQL.</summary>
    public async Task CrashAndRestartAsync()
    {
        foreach (var silo in Silos)
        {
            await _cluster.KillSiloAsync(silo);
        }
        await _cluster.DisposeAsync();
        await DeployAsync();
    }

    /// <summary>Ends one silo without a word and starts another.</summary>
    public async Task ReplaceAsync(int silo)
    {
        await _cluster.KillSiloAsync(Silos[silo % Silos.Count]);
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>Ends the silo that has a grain without a word, and starts another.</summary>
    public async Task ReplaceSiloOfAsync(IAddressable grain)
    {
        var silo = await Service<IGrainFactory>(0).GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        Assert.NotNull(silo);
        await _cluster.KillSiloAsync(Silos.Single(candidate => candidate.SiloAddress.Equals(silo)));
        await _cluster.StartAdditionalSiloAsync();
    }

    /// <summary>Has all grains deactivated that can be.</summary>
    public async Task CollectAsync() =>
        await Service<IGrainFactory>(0).GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>A service of one of the silos.</summary>
    public T Service<T>(int silo)
        where T : notnull
    {
        var silos = Silos;
        return silos[silo % silos.Count].ServiceProvider.GetRequiredService<T>();
    }

    private async Task DeployAsync()
    {
        var builder = new InProcessTestClusterBuilder(3);
        builder.Options.InitializeClientOnDeploy = false;
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddLogging(log => log.ClearProviders());
                silo.AddIncomingGrainCallFilter(Calls);
                // A silo that was ended is missed soon.
                silo.Configure<ClusterMembershipOptions>(membership =>
                {
                    membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                    membership.NumMissedProbesLimit = 2;
                    membership.NumVotesForDeathDeclaration = 1;
                });
                silo.AddScoring(
                    new ClusterOptions
                    {
                        ConnectionString = Connection,
                        Workspaces = [.. _workspaces],
                        SegmentShards = Shards,
                        DuplicateWindow = DuplicateWindow,
                        SummaryInterval = TimeSpan.FromMilliseconds(50),
                        TimeProvider = Clock,
                        // Every read asks: what one front put, the next one scores by.
                        ModelsAge = TimeSpan.Zero,
                        CallTimeout = TimeSpan.FromSeconds(30),
                    }
                );
            }
        );
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }
}
