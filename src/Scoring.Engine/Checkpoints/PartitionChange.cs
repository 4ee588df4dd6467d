using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>What a checkpoint of a partition changes in the database, its files being written.</summary>
internal sealed record PartitionChange(int Partition, PartitionState State);
