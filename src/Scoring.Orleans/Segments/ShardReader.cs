using Scoring.Cluster.Messages;
using Scoring.Cluster.Models;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Segments;

/// <summary>Asks all shards of a workspace the same thing, at one instant and by one version of a model.</summary>
internal sealed class ShardReader(IGrainFactory grains, ModelCache models, ClusterOptions options)
{
    private const int Tries = 8;

    /// <summary>The tallies of all shards, at the instant asked for, or now, or the newest event read where that lies ahead of now.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="modelName">The model; empty means the workspace's default model.</param>
    /// <param name="asked">The instant asked for; null for now.</param>
    /// <param name="ofWhat">What is asked about, for the answer that its newest event is later.</param>
    /// <param name="ask">Asks one shard.</param>
    /// <param name="read">Reads its answer.</param>
    /// <param name="newestOf">The newest event in it.</param>
    public async Task<ShardTallies<T>> ReadAsync<T>(
        WorkspaceSettings workspace,
        string modelName,
        Instant? asked,
        string ofWhat,
        Func<ISegmentShardGrain, ModelRef, long, Task<TallyAnswer>> ask,
        Func<byte[], ScoringModel, T> read,
        Func<T, Instant> newestOf
    )
    {
        var readTime = asked ?? Instant.From(options.TimeProvider.GetUtcNow());
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var model = await models.GetAsync(workspace, modelName);
            var reference = new ModelRef(model.Name, model.Version);
            var answers = await Task.WhenAll(Of(workspace).Select(shard => ask(shard, reference, readTime.Ticks)));
            if (Array.Exists(answers, answer => answer.Tally is null))
            {
                await models.RefreshAsync(workspace.Name);
                continue;
            }
            T[] tallies = [.. answers.Select(answer => read(answer.Tally!, model))];
            var newest = tallies.Max(newestOf);
            if (newest <= readTime)
            {
                var complete = new DateTime(answers.Min(answer => answer.CompleteThrough), DateTimeKind.Utc);
                var lag = DateTime.UtcNow - complete;
                return new(tallies, model, readTime, lag > TimeSpan.Zero ? lag : TimeSpan.Zero);
            }
            if (asked is { } instant)
            {
                throw Refusals.ReadTimeBefore(newest, instant, ofWhat);
            }
            readTime = newest;
        }
        throw new ScoringException(
            ScoringError.Unavailable,
            "Models or events ahead of the clock keep changing while they are read; try again."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The shards of a workspace, in the order of their tallies.</summary>
    public IEnumerable<ISegmentShardGrain> Of(WorkspaceSettings workspace) =>
        Enumerable
            .Range(0, options.SegmentShards)
            .Select(shard =>
                grains.GetGrain<ISegmentShardGrain>(
                    new ShardKey(workspace.Name, shard, options.SegmentShards).ToString()
                )
            );
}
