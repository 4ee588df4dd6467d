using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.TestingHost;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;
using Scoring.Grains.Hosting;
using Scoring.Grains.Models;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Silos with the engine in each, and their fronts in turn.</summary>
internal abstract class EngineSilos(int silos) : BackendHost
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private InProcessTestCluster _cluster = null!;
    private int _turn;

    public override FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public override string Workspace => WorkspaceSettings.DefaultName;

    public override IScoringBackend Backend => Service<IScoringBackend>(Interlocked.Increment(ref _turn));

    /// <summary>The calls between grains.</summary>
    public CallChains Calls { get; } = new();

    /// <summary>The silos that are up.</summary>
    public IReadOnlyList<InProcessSiloHandle> Up => [.. _cluster.Silos.Where(silo => silo.IsActive)];

    /// <summary>An application that is no silo, where there is to be one.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>How each engine runs.</summary>
    protected abstract EngineOptions Options { get; }

    /// <summary>How each silo hosts it.</summary>
    protected virtual GrainOptions Grains { get; } =
        new()
        {
            RebalanceDelay = TimeSpan.FromMilliseconds(300),
            CheckInterval = TimeSpan.FromMilliseconds(200),
            MoveTimeout = TimeSpan.FromSeconds(30),
            CallTimeout = TimeSpan.FromSeconds(40),
        };

    public override async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    /// <summary>Has a silo load a model file of the workspace.</summary>
    public Task LoadAsync(int silo, ScoringModel model, string contentHash) =>
        Service<ModelLoader>(silo).LoadAsync([new ModelSource(Workspace, model, contentHash)], Cancellation);

    /// <summary>The store, as the next silo has it.</summary>
    protected abstract IStore Connect(SiloAddress silo);

    /// <summary>Told that a silo is about to be ended without a word: nothing of what it would do at its end comes about.</summary>
    protected abstract void Cut(SiloAddress silo);

    public T Service<T>(int silo)
        where T : notnull => Up[silo % Up.Count].ServiceProvider.GetRequiredService<T>();

    public async Task KillAsync(InProcessSiloHandle silo)
    {
        Cut(silo.SiloAddress);
        await _cluster.KillSiloAsync(silo);
    }

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public async Task<InProcessSiloHandle> JoinAsync() => await _cluster.StartAdditionalSiloAsync();

    protected async Task DeployAsync(bool withClient = false)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.InitializeClientOnDeploy = withClient;
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => Configure(silo));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        await Service<ModelLoader>(0).LoadAsync([], Cancellation);
    }

    /// <summary>Ends all silos without a word.</summary>
    protected async Task KillAllAsync()
    {
        foreach (var silo in Up)
        {
            await KillAsync(silo);
        }
        await _cluster.DisposeAsync();
    }

    protected virtual void Configure(ISiloBuilder silo)
    {
        silo.Services.AddLogging(log => log.ClearProviders());
        silo.Services.AddSingleton(services =>
            PartitionHost.Open(Options, Connect(services.GetRequiredService<ILocalSiloDetails>().SiloAddress), out _)
        );
        silo.AddScoring(Grains, services => new HostedEngine(services.GetRequiredService<PartitionHost>(), Lease));
        silo.AddIncomingGrainCallFilter(Calls);
        // A silo that was ended is missed soon.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 1;
        });
    }
}
