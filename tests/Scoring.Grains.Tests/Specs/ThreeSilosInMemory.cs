using System.Collections.Concurrent;
using Scoring.Core.Workspaces;
using Scoring.Engine.Recovery;
using Scoring.Engine.Tests.Hosting;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three silos with one store between them, in the memory of the test.</summary>
internal sealed class ThreeSilosInMemory : DisturbedSilos
{
    private readonly SharedStore _store;
    private readonly ConcurrentDictionary<SiloAddress, SharedStore.Connection> _connections = new();

    private ThreeSilosInMemory(WorkspaceSettings settings, int variant)
        : base(settings, variant)
    {
        _store = new SharedStore(Clock);
    }

    protected override TimeProvider Time => Clock;

    public static async Task<ThreeSilosInMemory> StartAsync(WorkspaceSettings settings, int variant)
    {
        var silos = new ThreeSilosInMemory(settings, variant);
        await silos.DeployAsync();
        return silos;
    }

    protected override IStore Connect(SiloAddress silo) => _connections[silo] = _store.Connect();

    protected override void Cut(SiloAddress silo) => _connections[silo].IsCut = true;
}
