using Scoring.Cluster.Messages;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Segments;

/// <summary>Reads the statistics of a segment from the shards.</summary>
/// <remarks>
/// Shards with many customers send what their scores amount to first; then they are asked for the scores that the percentiles lie among, which
/// they keep meanwhile: so both are of the same customers, whatever is written in between. A shard that does not have them any more sends all.
/// </remarks>
internal sealed class SegmentReader(ShardReader shards)
{
    /// <summary>The statistics, with their lag.</summary>
    public async Task<SegmentStatistics> ReadAsync(WorkspaceSettings workspace, SegmentQuery query)
    {
        var question = Guid.NewGuid();
        var tallied = await TallyAsync((shard, model, at) => shard.TallyBrieflyAsync(question, query, model, at));
        if (!await PickAsync(workspace, tallied, question, query))
        {
            tallied = await TallyAsync((shard, model, at) => shard.TallyAsync(query, model, at));
        }
        var statistics = SegmentTally.Summarize(tallied.Tallies, query, tallied.Model, tallied.ReadTime);
        return statistics with { Lag = tallied.Lag };

        Task<ShardTallies<SegmentTally>> TallyAsync(Func<ISegmentShardGrain, ModelRef, long, Task<TallyAnswer>> ask) =>
            shards.ReadAsync(
                workspace,
                query.Model,
                query.ReadTime,
                "of the segment",
                ask,
                (sent, _) => SegmentTally.Read(sent, query),
                tally => tally.NewestEvent
            );
    }

    /// <summary>Adds the scores that the percentiles lie among; false when a shard does not have them any more.</summary>
    private async Task<bool> PickAsync(
        WorkspaceSettings workspace,
        ShardTallies<SegmentTally> tallied,
        Guid question,
        SegmentQuery query
    )
    {
        if (SegmentTally.Wanted(tallied.Tallies, query, tallied.Model) is not { } wanted)
        {
            return true;
        }
        var picked = await Task.WhenAll(
            shards
                .Of(workspace)
                .Zip(tallied.Tallies)
                .Where(pair => pair.Second.IsBrief)
                .Select(async pair => (Tally: pair.Second, Sent: await pair.First.PickAsync(question, wanted)))
        );
        foreach (var (tally, sent) in picked)
        {
            if (sent is null)
            {
                return false;
            }
            tally.ReadPicked(sent);
        }
        return true;
    }
}
