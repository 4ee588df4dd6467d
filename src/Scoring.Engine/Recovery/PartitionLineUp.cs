using Scoring.Engine.Checkpoints;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>
/// Brings a partition into line with the settings of the store: what was appended under others is checkpointed, and what comes later is applied by
/// these. Where events begin to be kept, or changes of accounts, it is checkpointed too, with everybody as they are at that moment. Used by the thread that puts states.
/// </summary>
internal sealed class PartitionLineUp(
    StoreContents contents,
    ICheckpointStore checkpoints,
    PartitionLoader loader,
    SettingsFit fit
)
{
    /// <summary>Gives the partition as it then is.</summary>
    /// <exception cref="StoreException">It holds data that does not go with the settings, or cannot be read.</exception>
    /// <exception cref="StoreFailure">It cannot be written.</exception>
    public LoadedPartition Run(LoadedPartition loaded, RecoveryProgress progress)
    {
        var (partition, state, settings) = (loaded.Partition, loaded.State, contents.Settings);
        var beginsArchive =
            partition.KeepsEvents && state.Archives?.Values.All(archive => archive.KeepsAccounts) != true;
        if (state.Settings.MeansTheSameAs(settings) && !beginsArchive)
        {
            return loaded;
        }
        RefuseUnfit(loaded);
        Write(partition.Index, new PartitionCheckpoint(partition, state, checkpoints, settings));
        return loader.Load(partition.Index, contents.StateOf(partition.Index), partition.Epoch, progress);
    }

    /// <exception cref="StoreException">It holds data that does not go with the settings.</exception>
    public void RefuseUnfit(LoadedPartition loaded) => fit.RefuseUnfit(loaded, contents.Settings);

    private void Write(int partition, PartitionCheckpoint checkpoint)
    {
        try
        {
            foreach (var state in checkpoint.Pieces().OfType<PartitionState>())
            {
                if (!contents.TryCommit(partition, state))
                {
                    throw new StoreFailure($"Partition {partition} was claimed by another process.");
                }
                checkpoint.Committed(state);
            }
        }
        catch (StoreFailure e)
        {
            checkpoint.Abandon(e.IsFull);
            throw;
        }
    }
}
