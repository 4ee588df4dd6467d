using System.Collections.Concurrent;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;
using Scoring.Postgres;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>
/// Three silos with one store between them, in one or several databases of PostgreSQL, which are killed, stopped and checkpointed at random.
/// </summary>
internal sealed class ThreeSilosWithPostgres : EngineSilos
{
    private readonly PostgresServer _server;
    private readonly string[] _databases;
    private readonly ConcurrentDictionary<SiloAddress, TcpProxy> _proxies = new();

    private ThreeSilosWithPostgres(PostgresServer server, int databases, WorkspaceSettings settings, int variant)
        : base(silos: 3)
    {
        _server = server;
        Options = new()
        {
            DataDirectory = "none",
            Workspaces = [settings with { Name = Workspace }],
            Partitions = 5 + variant,
            TimeProvider = new SteppedClock(Clock),
            CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
            CheckpointInterval = TimeSpan.FromDays(30),
        };
        _databases = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
    }

    protected override EngineOptions Options { get; }

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

    public override async Task CrashAndRestartAsync()
    {
        await KillAllAsync();
        await DeployAsync();
    }

    public override async Task DisturbAsync(Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                await KillAsync(Up[random.Next(Up.Count)]);
                await JoinAsync();
                break;
            case 1:
                await StopAsync(Up[random.Next(Up.Count)]);
                await JoinAsync();
                break;
            default:
                await Service<PartitionHost>(random.Next(3)).CheckpointAsync(Cancellation);
                break;
        }
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
