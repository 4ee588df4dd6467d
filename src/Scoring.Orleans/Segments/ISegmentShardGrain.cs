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

    /// <summary>The same, but without every score where there are many: what they amount to. The scores are kept for a while.</summary>
    /// <param name="question">Names what is kept; what was kept under the same name before is not any more.</param>
    /// <param name="query">The query.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTicks">The instant.</param>
    [Alias("tally-briefly")]
    Task<TallyAnswer> TallyBrieflyAsync(Guid question, [Immutable] SegmentQuery query, ModelRef model, long readTicks);

    /// <summary>The scores that are wanted out of those that were kept, once; null when they are not kept any more.</summary>
    /// <param name="question">What they were kept under.</param>
    /// <param name="wanted">What <see cref="SegmentTally.Wanted"/> gave.</param>
    [Alias("pick")]
    Task<byte[]?> PickAsync(Guid question, [Immutable] byte[] wanted);

    /// <summary>What these customers add to the health of an account.</summary>
    [Alias("tally-account")]
    Task<TallyAnswer> TallyAccountAsync(string accountId, ModelRef model, int windowDays, long readTicks);
}
