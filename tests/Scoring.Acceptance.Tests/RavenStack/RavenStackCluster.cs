using Scoring.Acceptance.Tests.Servers;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>Three servers with a PostgreSQL of their own.</summary>
/// <param name="databases">How many databases their store is divided among.</param>
public abstract class RavenStackCluster(int databases) : RavenStackFixture
{
    private readonly PostgresServer _postgres = new();
    private ThreeServers? _servers;

    private protected override bool CanStart => !PostgresServer.IsMissing;

    private protected override async Task<string> StartAsync()
    {
        await _postgres.InitializeAsync();
        var store = Enumerable.Range(0, databases).Select(_ => _postgres.NewDatabase());
        _servers = await ThreeServers.StartAsync(string.Join(" | ", store));
        return _servers.All[0].Address;
    }

    private protected override async Task StopAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
        await _postgres.DisposeAsync();
    }
}
