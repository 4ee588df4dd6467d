using Scoring.Acceptance.Tests.Servers;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>RavenStack, imported through one of three servers with PostgreSQL.</summary>
public sealed class RavenStackOnThreeServers : RavenStackSpecs, IClassFixture<RavenStackOnThreeServers.Cluster>
{
    public RavenStackOnThreeServers(Cluster cluster)
        : base(cluster) => PostgresServer.SkipWhereMissing();

    /// <summary>Three servers with a PostgreSQL of their own.</summary>
    public sealed class Cluster : RavenStackFixture
    {
        private readonly PostgresServer _postgres = new();
        private ThreeServers? _servers;

        private protected override bool CanStart => !PostgresServer.IsMissing;

        private protected override async Task<string> StartAsync()
        {
            await _postgres.InitializeAsync();
            _servers = await ThreeServers.StartAsync(_postgres.NewDatabase());
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
}
