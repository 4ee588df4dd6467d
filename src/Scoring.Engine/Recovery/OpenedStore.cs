using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>A store that was opened, and the partitions of it that were read.</summary>
internal sealed record OpenedStore(
    ICheckpointStore Checkpoints,
    StoreContents Contents,
    IPartitionLog Log,
    IReadOnlyList<LoadedPartition> Loaded,
    RecoveryProgress Progress
);
