using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orleans.Configuration;
using Scoring.Cluster.Hosting;
using Scoring.Cluster.Models;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Engine;
using Scoring.Postgres;
using Scoring.Server.Settings;
using Scoring.Silo.Settings;

namespace Scoring.Silo.Hosting;

/// <summary>The silo in this process: joins the cluster, hosts its share of the customers, and answers the front.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    private readonly IHost _host;

    private SiloHost(IHost host) => _host = host;

    /// <summary>The port.</summary>
    public IScoringBackend Backend => _host.Services.GetRequiredService<IScoringBackend>();

    /// <summary>Ends when the silo must stop, and says why.</summary>
    public Task<ScoringException> MustStop => _host.Services.GetRequiredService<StoreClaimKeeper>().MustStop;

    /// <summary>Joins the cluster.</summary>
    /// <exception cref="IOException">The silo's port is in use.</exception>
    /// <exception cref="ScoringException">The tables are not there, or somebody else has them.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or refuses.</exception>
    public static async Task<SiloHost> StartAsync(SiloSettings silo, ServerSettings front, ILoggerFactory logging)
    {
        RequireFreePort(silo);
        await PrepareStoreAsync(silo, logging);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = front.ShutdownTimeout);
        builder.UseOrleans(orleans => Configure(orleans, silo, front));
        var host = builder.Build();
        await host.StartAsync();
        return new SiloHost(host);
    }

    /// <summary>Loads model files as far as they changed.</summary>
    public async Task LoadAsync(IReadOnlyList<ModelSource> models, ServerSettings front)
    {
        var loader = _host.Services.GetRequiredService<ModelLoader>();
        foreach (var source in models)
        {
            var workspace = front.Workspaces.First(w => w.Name == source.Workspace);
            await loader.LoadAsync(workspace, source.Model, source.ContentHash);
        }
    }

    /// <summary>Hands its customers over and leaves the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Orleans shares its port with whoever listens there already: two silos would each get some of what is meant for one.</summary>
    private static void RequireFreePort(SiloSettings silo)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(ListeningAddress(silo), silo.SiloPort));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException(
                $"Port {silo.SiloPort} (Silo:SiloPort) is in use; another silo on this machine? Give this one another port.",
                e
            );
        }
    }

    private static IPAddress ListeningAddress(SiloSettings silo) =>
        silo.Clustering == Clustering.Localhost ? IPAddress.Loopback
        : silo.AdvertisedAddress?.Value is { } address && IPAddress.IsLoopback(address) ? address
        : IPAddress.Any;

    /// <summary>Over connections that are gone again when the silo starts.</summary>
    private static async Task PrepareStoreAsync(SiloSettings silo, ILoggerFactory logging)
    {
        var connection = new NpgsqlConnectionStringBuilder(silo.ConnectionString) { MaxPoolSize = 1 };
        await using var source = NpgsqlDataSource.Create(connection);
        if (silo.CreateTables)
        {
            await Schema.EnsureAsync(source, CancellationToken.None);
        }
        else if (!await Schema.IsThereAsync(source, CancellationToken.None))
        {
            throw new ScoringException(
                ScoringError.Unavailable,
                "The database has not the tables of this service. Run deploy/postgres.sql on it, or leave out Silo:CreateTables=false."
            );
        }
        await ConnectionBudget.CheckAsync(
            source,
            silo,
            logging.CreateLogger("Scoring.Silo.ConnectionBudget"),
            CancellationToken.None
        );
    }

    private static void Configure(ISiloBuilder orleans, SiloSettings silo, ServerSettings front)
    {
        orleans.Configure<ClusterOptions>(cluster =>
            (cluster.ClusterId, cluster.ServiceId) = (silo.ClusterId, "scoring")
        );
        orleans.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = silo.CollectionAge);
        if (silo.Clustering == Clustering.Localhost)
        {
            orleans.UseLocalhostClustering(
                silo.SiloPort,
                gatewayPort: 0,
                serviceId: "scoring",
                clusterId: silo.ClusterId
            );
        }
        else
        {
            orleans.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = ("Npgsql", silo.ConnectionString)
            );
            orleans.Configure<EndpointOptions>(endpoint =>
            {
                // No gateway: clients speak to the fronts.
                (endpoint.SiloPort, endpoint.GatewayPort) = (silo.SiloPort, 0);
                endpoint.AdvertisedIPAddress = silo.AdvertisedAddress?.Value ?? endpoint.AdvertisedIPAddress;
                endpoint.SiloListeningEndpoint = new IPEndPoint(ListeningAddress(silo), silo.SiloPort);
            });
        }
        orleans.AddScoring(
            new Cluster.ClusterOptions
            {
                ConnectionString = silo.ConnectionString,
                IsAlone = silo.Clustering == Clustering.Localhost,
                Workspaces = front.Workspaces,
                MaxConnections = silo.MaxConnections,
                SegmentShards = silo.SegmentShards,
                SummaryInterval = silo.SummaryInterval,
                MaxLag = silo.MaxLag,
                DuplicateWindow = front.DuplicateWindow,
                DuplicateWindowMinimum = silo.DuplicateWindowMinimum,
                DuplicateWindowMaximum = silo.DuplicateWindowMaximum,
                CallTimeout = silo.CallTimeout,
            }
        );
    }
}
