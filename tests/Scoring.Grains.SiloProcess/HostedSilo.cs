using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Scoring.Core.Backend;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Grains.Hosting;
using Scoring.Grains.Models;
using Scoring.Grains.Stores;
using Scoring.Postgres;

namespace Scoring.Grains.SiloProcess;

/// <summary>The silo of this process with the engine on PostgreSQL, put together as the server does.</summary>
internal sealed class HostedSilo : ISiloControl
{
    private const int Partitions = 8;

    // As few as may be, so that there are many checkpoints.
    private const long CheckpointBytes = 64 << 10;

    // Short, since whoever follows a killed process waits for the rest of it.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    // Long, since many silos share few processors.
    private static readonly TimeSpan MoveTimeout = TimeSpan.FromSeconds(30);

    private PartitionHost? _engine;
    private IHost? _host;

    /// <summary>The port, as the front of this silo has it.</summary>
    public IScoringBackend Backend => Running.Services.GetRequiredService<IScoringBackend>();

    private IHost Running => _host ?? throw new InvalidOperationException("No silo was started.");

    /// <inheritdoc/>
    public async ValueTask StartAsync(SiloSettings settings, CancellationToken cancellationToken)
    {
        _engine = await Task.Run(() => Open(settings), cancellationToken);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo => Configure(silo, settings, _engine));
        _host = builder.Build();
        await _host.StartAsync(cancellationToken);
        await _host.Services.GetRequiredService<ModelLoader>().LoadAsync([], cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CheckpointAsync(CancellationToken cancellationToken) =>
        await _engine!.CheckpointAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await Running.StopAsync(cancellationToken);
        Running.Dispose();
        await _engine!.DisposeAsync();
    }

    private static PartitionHost Open(SiloSettings settings) =>
        PartitionHost.Open(
            new EngineOptions
            {
                DataDirectory = "none",
                Workspaces = settings.Workspaces,
                Partitions = Partitions,
                TimeProvider = new SharedClock(settings.Clock),
                CheckpointBytes = CheckpointBytes,
                CheckpointInterval = TimeSpan.FromDays(30),
                DoubtPatience = MoveTimeout,
            },
            new PostgresStore(
                new PostgresStoreOptions
                {
                    Databases = settings.Databases,
                    Server = $"127.0.0.1:{settings.SiloPort}",
                    Lease = Lease,
                }
            ),
            out _
        );

    private static void Configure(ISiloBuilder silo, SiloSettings settings, PartitionHost engine)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("specs", "specs"));
        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = PostgresStore.MembershipOf(settings.Databases[0]);
        });
        silo.Configure<EndpointOptions>(endpoint =>
        {
            (endpoint.SiloPort, endpoint.GatewayPort) = (settings.SiloPort, 0);
            endpoint.AdvertisedIPAddress = IPAddress.Loopback;
        });
        silo.AddScoring(
            new GrainOptions
            {
                RebalanceDelay = TimeSpan.FromMilliseconds(300),
                CheckInterval = TimeSpan.FromMilliseconds(200),
                MoveTimeout = MoveTimeout,
                CallTimeout = MoveTimeout + TimeSpan.FromSeconds(10),
            },
            _ => new HostedEngine(engine, Lease)
        );
        // Processes that share few processors answer late. One that was ended is gone once another is in its place.
        silo.Configure<ClusterMembershipOptions>(membership => membership.NumMissedProbesLimit = 30);
    }
}
