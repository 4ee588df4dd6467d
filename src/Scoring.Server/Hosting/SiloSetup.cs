using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Scoring.Engine.Hosting;
using Scoring.Grains;
using Scoring.Grains.Hosting;
using Scoring.Grains.Stores;
using Scoring.Postgres;
using Scoring.Server.Settings;
using Scoring.Server.Tls;

namespace Scoring.Server.Hosting;

/// <summary>The silo in this process: alone where the store lies in files, one of several where it lies in PostgreSQL.</summary>
internal static class SiloSetup
{
    private const string Service = "scoring";
    private const int LowestPort = 16_384;
    private const int LowestPortOfConnections = 32_768;
    private const int Tries = 100;

    /// <param name="silo">The silo.</param>
    /// <param name="settings">Where it is reached.</param>
    /// <param name="engine">The partitions of this process.</param>
    /// <param name="tls">How it knows other servers; null for without TLS.</param>
    public static void Configure(ISiloBuilder silo, ServerSettings settings, PartitionHost engine, ClusterTls? tls)
    {
        if (tls is not null)
        {
            silo.UseTls(tls.Configure);
        }
        if (!settings.UsesPostgres)
        {
            silo.UseLocalhostClustering(
                FreePort(),
                settings.GatewayPort,
                serviceId: Service,
                clusterId: settings.ClusterId
            );
        }
        else
        {
            silo.Configure<ClusterOptions>(cluster =>
                (cluster.ClusterId, cluster.ServiceId) = (settings.ClusterId, Service)
            );
            silo.UseAdoNetClustering(clustering =>
            {
                clustering.Invariant = "Npgsql";
                clustering.ConnectionString = PostgresStore.MembershipOf(
                    PostgresStoreOptions.Split(settings.Postgres)[0]
                );
            });
            silo.Configure<EndpointOptions>(endpoint => Configure(endpoint, settings));
        }
        silo.AddScoring(
            new GrainOptions
            {
                MoveTimeout = settings.MoveTimeout,
                CallTimeout = settings.MoveTimeout.Value + TimeSpan.FromSeconds(5),
                TimeProvider = engine.Clock,
            },
            _ => new HostedEngine(engine, settings.UsesPostgres ? settings.Lease : TimeSpan.Zero)
        );
    }

    /// <summary>Where the silo of a cluster listens, and what others know it by.</summary>
    public static void Configure(EndpointOptions endpoint, ServerSettings settings)
    {
        (endpoint.SiloPort, endpoint.GatewayPort) = (settings.SiloPort, settings.GatewayPort);
        if (settings.AdvertisedAddress is { } address)
        {
            // It listens there and nowhere else. Null, Orleans would not take; it chooses one itself.
            endpoint.AdvertisedIPAddress = address.Value;
        }
        if (settings.SiloListenAddress is not null)
        {
            endpoint.SiloListeningEndpoint = new(settings.SiloAddress, settings.SiloPort);
            endpoint.GatewayListeningEndpoint =
                settings.GatewayPort == 0 ? null : new(settings.SiloAddress, settings.GatewayPort);
        }
    }

    /// <summary>Some port of loopback that nobody has: of a silo that is alone nobody needs to know it.</summary>
    /// <remarks>Not one that the system chooses: those it gives to connections too, so one of them could take it before the silo listens.</remarks>
    private static int FreePort()
    {
        for (var left = Tries; ; left--)
        {
            var port = Random.Shared.Next(LowestPort, LowestPortOfConnections);
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when (left > 0) { }
        }
    }
}
