using System.Collections.Concurrent;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Storage;
using Scoring.Engine.Tests.Hosting;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three silos with one store between them, in the memory of the test.</summary>
internal sealed class ThreeSilosInMemory : EngineSilos
{
    private readonly SharedStore _store;
    private readonly ConcurrentDictionary<SiloAddress, SharedStore.Connection> _connections = new();

    private ThreeSilosInMemory(WorkspaceSettings settings, int variant)
        : base(silos: 3)
    {
        _store = new SharedStore(Clock);
        Options = new EngineOptions
        {
            DataDirectory = "none",
            Workspaces = [settings with { Name = Workspace }],
            Partitions = 5 + variant,
            TimeProvider = Clock,
            CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
            CheckpointInterval = TimeSpan.FromDays(30),
        };
    }

    protected override EngineOptions Options { get; }

    public static async Task<ThreeSilosInMemory> StartAsync(WorkspaceSettings settings, int variant)
    {
        var silos = new ThreeSilosInMemory(settings, variant);
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

    protected override IStore Connect(SiloAddress silo) => _connections[silo] = _store.Connect();

    protected override void Cut(SiloAddress silo) => _connections[silo].IsCut = true;
}
