using Scoring.Core.Workspaces;
using Scoring.Engine.Archive;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>Reads partitions, as many at a time as are asked for.</summary>
/// <param name="store">The checkpoints.</param>
/// <param name="log">The log, which may be being opened still.</param>
/// <param name="options">The engine's options.</param>
/// <param name="configured">The workspaces as they are configured, for what matters to reads alone.</param>
internal sealed class PartitionLoader(
    ICheckpointStore store,
    Task<IPartitionLog> log,
    EngineOptions options,
    IReadOnlyList<WorkspaceSettings> configured
)
{
    /// <summary>Reads a partition by the settings that its entries were appended under.</summary>
    /// <exception cref="StoreException">Something is damaged or missing.</exception>
    public LoadedPartition Load(int index, PartitionState state, long epoch, RecoveryProgress progress)
    {
        if (!options.KeepsEvents && state.Archives?.Values.Any(archive => !archive.IsEmpty) == true)
        {
            throw new StoreException(
                store.PlaceOf(index),
                "events are kept in this store, and would not be complete any more. Start it with KeepsEvents on."
            );
        }
        var shares = state.Settings.Workspaces.Select(
            (stored, number) =>
                new WorkspaceShare(
                    number,
                    stored.ToSettings(configured.FirstOrDefault(w => w.Name == stored.Name)),
                    options.PopulationBounds,
                    options.KeepsEvents ? new(state.ArchiveOf(number) ?? ArchiveState.Empty) : null
                )
        );
        var partition = new Partition(index, [.. shares], state.Settings.Window) { Epoch = epoch };
        var recovery = new PartitionRecovery(store, partition, state, log, progress);
        recovery.Run();
        return new(partition, state, recovery.Bytes);
    }
}
