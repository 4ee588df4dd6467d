using Scoring.Engine.Checkpoints;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Recovery;

/// <summary>A partition as it was read from the store, found sound.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="State">What the store says of it.</param>
/// <param name="Bytes">Bytes of the entries that were replayed.</param>
internal sealed record LoadedPartition(Partition Partition, PartitionState State, long Bytes)
{
    public long Customers => Partition.Shares.Sum(s => (long)s.Population.Count);

    public long Accounts => Partition.Shares.Sum(s => (long)s.Accounts.Count);

    /// <summary>Whether anything is known in a workspace.</summary>
    public bool HasDataIn(int workspace) =>
        workspace < Partition.Shares.Count
        && Partition.Shares[workspace] is { Population.Count: > 0 } or { Accounts.Count: > 0 };
}
