using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Three silos with one store between them, which are killed, stopped and checkpointed at random.</summary>
/// <param name="settings">The workspace, under another name.</param>
/// <param name="variant">Which number of partitions and bytes between checkpoints.</param>
internal abstract class DisturbedSilos(WorkspaceSettings settings, int variant) : EngineSilos(silos: 3)
{
    protected override EngineOptions Options =>
        new()
        {
            DataDirectory = "none",
            Workspaces = [settings with { Name = Workspace }],
            Partitions = 5 + variant,
            TimeProvider = Time,
            CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
            CheckpointInterval = TimeSpan.FromDays(30),
        };

    /// <summary>The clock that the engines go by.</summary>
    protected abstract TimeProvider Time { get; }

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
}
