using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Scoring.Cli.Tests.Support;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Three server processes that share a store in PostgreSQL, on free ports of the loopback.</summary>
internal sealed class ThreeServers : IAsyncDisposable
{
    private readonly List<RunningServer> _all = [];

    private ThreeServers() { }

    /// <summary>The servers.</summary>
    public IReadOnlyList<RunningServer> All => _all;

    /// <summary>Starts them one after the other.</summary>
    /// <param name="database">The database, without a store.</param>
    public static async Task<ThreeServers> StartAsync(string database)
    {
        var servers = new ThreeServers();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                servers._all.Add(await StartOneAsync(database));
            }
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _all)
        {
            await server.DisposeAsync();
        }
    }

    private static Task<RunningServer> StartOneAsync(string database) =>
        RunningServer.StartAsync(
            null,
            "--Scoring:HttpEndpoint=127.0.0.1:0",
            $"--Scoring:Postgres={database}",
            "--Scoring:AdvertisedAddress=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--Scoring:SiloPort={FreePort()}")
        );

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
