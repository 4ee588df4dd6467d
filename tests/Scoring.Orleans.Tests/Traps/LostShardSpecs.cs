using Scoring.Cluster.Segments;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core.Scores;

namespace Scoring.Cluster.Tests.Traps;

/// <summary>The silo that a shard is on ends without a word.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class LostShardSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 200;

    [Fact]
    public async Task A_shard_that_is_lost_makes_itself_again_from_what_is_stored()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", Value: 1 + (i % 7)))]);
        // Now the shards are there.
        Assert.Equal(Customers, (await host.Segment()).Customers);
        foreach (var shard in new[] { 0, 3 })
        {
            // What no shard has been told when the silo ends.
            var last = host.Record([
                .. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", Type: "purchase")),
            ]);
            await last;

            await cluster.ReplaceSiloOfAsync(
                cluster
                    .Service<IGrainFactory>(0)
                    .GetGrain<ISegmentShardGrain>(new ShardKey(host.Workspace, shard, ThreeSilos.Shards).ToString())
            );

            var segment = await host.Segment(query => query with { EventTotals = true, Top = Customers });
            var scores = await host.Scores(segment.ReadTime, [.. Enumerable.Range(0, Customers).Select(i => $"c{i}")]);
            Assert.InRange(segment.Lag, TimeSpan.Zero, host.MaxLag);
            Assert.Equal(
                scores.Select(score => (score!.CustomerId, Math.Round(score.Score, 9))).Order(),
                segment.Top.Select(ranked => (ranked.CustomerId, Math.Round(ranked.Score, 9))).Order()
            );
            Assert.Equal(scores.Average(score => score!.Score), segment.Mean!.Value, 1e-9);
            Assert.Equal(scores.Sum(Lifetime), segment.EventTotals.Sum(total => total.Count));
        }
    }

    private static double Lifetime(CustomerScore? score) =>
        score!.Contributions.Where(c => c.Term.HalfLifeDays == 0).Sum(c => c.Quantity);
}
