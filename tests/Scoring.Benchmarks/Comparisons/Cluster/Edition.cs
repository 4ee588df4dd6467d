using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>The service as one process or several, wherever it keeps what is recorded.</summary>
/// <param name="Name">Its column of the table.</param>
/// <param name="Servers">The processes that are called.</param>
/// <param name="Store">PostgreSQL; null for the standalone edition, which stores in its own process.</param>
/// <param name="Database">The database in it.</param>
internal sealed record Edition(
    string Name,
    IReadOnlyList<ScoringServer> Servers,
    PostgresServer? Store = null,
    string Database = ""
)
{
    /// <summary>The standalone edition, on an empty store.</summary>
    public static async Task<Edition> StandaloneAsync(Workplace workplace) =>
        new("standalone", [await ScoringServer.StartAsync(workplace)]);

    /// <summary>So many silos of one cluster, on an empty database.</summary>
    public static async Task<Edition> SilosAsync(Workplace workplace, PostgresServer store, int silos)
    {
        var database = string.Create(CultureInfo.InvariantCulture, $"silos{silos}");
        var connection = await store.NewDatabaseAsync(database);
        List<ScoringServer> servers = [];
        for (var i = 0; i < silos; i++)
        {
            servers.Add(
                await ScoringServer.StartSiloAsync(
                    workplace,
                    "--Silo:Clustering=postgres",
                    "--Silo:AdvertisedAddress=127.0.0.1",
                    string.Create(CultureInfo.InvariantCulture, $"--Silo:SiloPort={FreePort()}"),
                    // A machine that does other things beside answers late, not in part.
                    "--Silo:CallTimeout=1m",
                    $"--Silo:ConnectionString={connection}"
                )
            );
        }

        return new(silos == 1 ? "one silo" : $"{silos} silos", servers, store, database);
    }

    /// <summary>Processor time of the processes that are called, since their start.</summary>
    public TimeSpan ServerTime => Sum(Servers.Select(server => server.Process.ProcessorTime()));

    /// <summary>Processor time of PostgreSQL, since its start.</summary>
    public TimeSpan StoreTime => Store?.Process.ProcessorTime() ?? TimeSpan.Zero;

    /// <summary>The address of one of the processes, in turn.</summary>
    public string Address(int turn) => Servers[turn % Servers.Count].Address;

    /// <summary>Waits until all of it rests.</summary>
    public async Task UntilIdleAsync()
    {
        foreach (var process in Processes())
        {
            await process.UntilIdleAsync();
        }
    }

    /// <summary>Ends the processes that are called and starts them again: what is stored is there, nothing is in memory.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        foreach (var server in Servers)
        {
            await server.StartAgainAsync();
        }
    }

    /// <summary>Ends it and what it stored in PostgreSQL.</summary>
    public async Task EndAsync()
    {
        await StopAsync();
        if (Store is not null)
        {
            await Store.DropDatabaseAsync(Database);
        }
    }

    private Task StopAsync() => Task.WhenAll(Servers.Select(server => server.StopAsync()));

    private IEnumerable<Process> Processes()
    {
        var servers = Servers.Select(server => server.Process);
        return Store is null ? servers : servers.Append(Store.Process);
    }

    private static TimeSpan Sum(IEnumerable<TimeSpan> times) =>
        times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
