using Scoring.Cluster.Messages;
using Scoring.Core.Segments;

namespace Scoring.Cluster.Segments;

/// <summary>A part of the customers of a workspace, for figures of many. The key is a <see cref="ShardKey"/>.</summary>
[Alias("scoring.segment-shard")]
internal interface ISegmentShardGrain : IGrainWithStringKey
{
    /// <summary>Takes over what became of customers.</summary>
    [Alias("put")]
    Task PutAsync([Immutable] SummaryBatch batch);

    /// <summary>What these customers add to the statistics of a segment.</summary>
    [Alias("tally")]
    Task<TallyAnswer> TallyAsync([Immutable] SegmentQuery query, ModelRef model, long readTicks);

    /// <summary>What these customers add to the health of an account.</summary>
    [Alias("tally-account")]
    Task<TallyAnswer> TallyAccountAsync(string accountId, ModelRef model, int windowDays, long readTicks);
}
