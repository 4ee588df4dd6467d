using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Recovery;

/// <summary>A store that was read as a whole and found sound, and what was in it.</summary>
internal sealed record RecoveredStore(
    ICheckpointStore Store,
    StoreContents Contents,
    IPartitionLog Log,
    IReadOnlyList<Partition> Partitions,
    long Replayed,
    long ReplayedBytes
)
{
    public long Customers => Partitions.Sum(p => p.Shares.Sum(s => (long)s.Population.Count));

    public long Accounts => Partitions.Sum(p => p.Shares.Sum(s => (long)s.Accounts.Count));

    /// <summary>When the last write was received, of the partition where that is latest; <see cref="Instant.MinValue"/> when there was none.</summary>
    public Instant LastReceipt => Partitions.Select(p => p.LastReceipt).Max();

    /// <summary>Whether anything is known in a workspace.</summary>
    public bool HasDataIn(int workspace) =>
        Partitions.Any(p => p.Shares[workspace] is { Population.Count: > 0 } or { Accounts.Count: > 0 });
}
