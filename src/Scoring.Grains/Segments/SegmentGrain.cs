using Orleans.Concurrency;
using Scoring.Core;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Segments;

/// <inheritdoc cref="ISegmentGrain"/>
/// <remarks>It asks each silo once and merges what they say.</remarks>
[Reentrant]
[StatelessWorker]
[GrainType("scoring.segment")]
internal sealed class SegmentGrain(RoutedBackend routes) : Grain, ISegmentGrain
{
    public async Task<SegmentStatistics> GetStatisticsAsync(SegmentQuery query)
    {
        ThrowIfElsewhere(query);
        return await routes.GetSegmentStatisticsAsync(query, CancellationToken.None);
    }

    public async Task<SegmentStatistics[]> CompareAsync(SegmentQuery[] queries)
    {
        Array.ForEach(queries, ThrowIfElsewhere);
        return [.. await routes.CompareSegmentsAsync(queries, CancellationToken.None)];
    }

    private void ThrowIfElsewhere(SegmentQuery query)
    {
        if (query.Workspace != this.GetPrimaryKeyString())
        {
            throw new ScoringException(
                ScoringError.InvalidArgument,
                "The query is for another workspace than the grain."
            )
            {
                Field = "workspace",
            };
        }
    }
}
