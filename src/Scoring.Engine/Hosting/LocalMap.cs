using Scoring.Core;

namespace Scoring.Engine.Hosting;

/// <summary>The one process that has a store open has all of its partitions.</summary>
internal sealed class LocalMap(IPartitionHost host) : IPartitionMap
{
    /// <inheritdoc/>
    public IPartitionHost HostOf(int partition) => host;

    /// <inheritdoc/>
    public ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken) =>
        throw new ScoringException(
            ScoringError.Unavailable,
            $"Partition {absent[0]} is not open, and no other server has it."
        );
}
