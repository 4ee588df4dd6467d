using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <summary>How long one call has waited for partitions that were not where they were thought to be.</summary>
internal sealed class RouterWait(PartitionHost local, IPartitionMap map)
{
    private readonly long _since = local.Clock.GetTimestamp();

    /// <summary>Waits for partitions to be somewhere.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: they have not been for too long.</exception>
    public async ValueTask ForAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken)
    {
        if (local.Clock.GetElapsedTime(_since) >= map.MaxWait)
        {
            throw StoreErrors.TryAgain(
                $"What this call is for is moving from one server to another for more than {map.MaxWait.TotalSeconds:0} s; try again.",
                1_000
            );
        }
        await map.RefreshAsync(absent, cancellationToken);
    }
}
