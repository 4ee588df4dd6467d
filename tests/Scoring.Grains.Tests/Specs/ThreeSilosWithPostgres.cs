using System.Collections.Concurrent;
using Scoring.Core.Workspaces;
using Scoring.Engine.Recovery;
using Scoring.Postgres;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three silos with one store between them, in one or several databases of PostgreSQL.</summary>
internal sealed class ThreeSilosWithPostgres : DisturbedSilos
{
    private readonly PostgresServer _server;
    private readonly string[] _databases;
    private readonly ConcurrentDictionary<SiloAddress, TcpProxy> _proxies = new();

    private ThreeSilosWithPostgres(PostgresServer server, int databases, WorkspaceSettings settings, int variant)
        : base(settings, variant)
    {
        _server = server;
        Time = new SteppedClock(Clock);
        _databases = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
    }

    protected override TimeProvider Time { get; }

    public static async Task<ThreeSilosWithPostgres> StartAsync(
        PostgresServer server,
        int databases,
        WorkspaceSettings settings,
        int variant
    )
    {
        var silos = new ThreeSilosWithPostgres(server, databases, settings, variant);
        await silos.DeployAsync();
        return silos;
    }

    protected override IStore Connect(SiloAddress silo)
    {
        var proxy = _proxies[silo] = new TcpProxy(_server.Socket);
        return new PostgresStore(
            new PostgresStoreOptions
            {
                Databases = [.. _databases.Select(proxy.Through)],
                Server = silo.ToString(),
                Lease = TimeSpan.FromSeconds(1),
            }
        );
    }

    protected override void Cut(SiloAddress silo) => _proxies[silo].GoDown();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var proxy in _proxies.Values)
        {
            proxy.Dispose();
        }
    }
}
