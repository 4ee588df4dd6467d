using System.Globalization;
using Scoring.Cli.Tests.Support;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Three server processes that share a store in PostgreSQL, on free ports of the loopback.</summary>
internal sealed class ThreeServers : IAsyncDisposable
{
    private readonly List<RunningServer> _all = [];

    private ThreeServers() { }

    /// <summary>The servers.</summary>
    public IReadOnlyList<RunningServer> All => _all;

    /// <summary>Starts them.</summary>
    /// <param name="databases">How to connect to the database without a store, or to several.</param>
    /// <param name="settings">More settings.</param>
    public static Task<ThreeServers> StartAsync(string databases, params string[] settings) =>
        StartAsync([databases, databases, databases], settings);

    /// <summary>Starts them, each with a way of its own to the databases.</summary>
    public static async Task<ThreeServers> StartAsync(string[] databases, params string[] settings)
    {
        var servers = new ThreeServers();
        try
        {
            // The first one makes the store.
            servers._all.Add(await StartOneAsync(databases[0], settings));
            var others = databases[1..].Select(database => StartOneAsync(database, settings)).ToList();
            // All of them, so that none is left behind where another fails.
            await ((Task)Task.WhenAll(others)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            servers._all.AddRange(others.Where(other => other.IsCompletedSuccessfully).Select(other => other.Result));
            await Task.WhenAll(others);
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

    /// <summary>Starts one more.</summary>
    public static Task<RunningServer> StartOneAsync(string databases, params string[] settings) =>
        RunningServer.StartAsync(
            null,
            [
                "--Scoring:HttpEndpoint=127.0.0.1:0",
                $"--Scoring:Postgres={databases}",
                "--Scoring:AdvertisedAddress=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"--Scoring:SiloPort={FreePort.Next()}"),
                .. settings,
            ]
        );
}
