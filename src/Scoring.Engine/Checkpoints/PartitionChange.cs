namespace Scoring.Engine.Checkpoints;

/// <summary>What a checkpoint of a partition changes in the store, its blobs being written.</summary>
internal sealed record PartitionChange(int Partition, PartitionState State);
