using System.Buffers;
using System.Text;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Segments;

/// <summary>Segments of so many customers that their shards do not send every score.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class ManyCustomersSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 30_000;

    [Fact]
    public async Task Figures_of_many_customers_are_those_of_one_population_of_them()
    {
        await using var host = await Start();
        var (everyone, records) = Make(host, seed: 1);
        await TellAsync(host, records);
        var model = await ModelOf(host);

        foreach (var filter in (string[])["", "plan = \"p1\"", "plan = \"p2\" AND country = \"l2\"", "plan = \"none\""])
        {
            var query = Query(host, filter);
            var expected = SegmentTally.Summarize([everyone.Tally(query, model, host.Now)], query, model, host.Now);
            SameAnswers.OfSegment(
                expected,
                await host.Backend.GetSegmentStatisticsAsync(query, BackendHost.Cancellation)
            );
        }
    }

    [Fact]
    public async Task What_is_written_between_two_questions_is_in_none_of_the_figures()
    {
        await using var host = await Start();
        var (before, records) = Make(host, seed: 1);
        await TellAsync(host, records);
        var model = await ModelOf(host);
        var query = Query(host, "");
        var question = Guid.NewGuid();

        var tallies = await AskAsync(
            host,
            shard => shard.TallyBrieflyAsync(question, query, Ref(model), host.Now.Ticks)
        );
        SegmentTally[] read = [.. tallies.Select(sent => SegmentTally.Read(sent.Tally!, query))];
        Assert.All(read, tally => Assert.True(tally.IsBrief));
        await TellAsync(host, Make(host, seed: 2).Records, version: 2);
        var wanted = SegmentTally.Wanted(read, query, model)!;
        var picked = await AskAsync(host, shard => shard.PickAsync(question, wanted));
        foreach (var (tally, sent) in read.Zip(picked))
        {
            tally.ReadPicked(sent!);
        }

        SameAnswers.OfSegment(
            SegmentTally.Summarize([before.Tally(query, model, host.Now)], query, model, host.Now),
            SegmentTally.Summarize(read, query, model, host.Now)
        );
        // It is given once.
        Assert.All(await AskAsync(host, shard => shard.PickAsync(question, wanted)), Assert.Null);
        // Few of the scores were sent.
        var bytes = tallies.Sum(sent => sent.Tally!.Length) + picked.Sum(sent => sent!.Length);
        Assert.InRange(bytes, 1, Customers * sizeof(double) / 2);
    }

    [Fact]
    public async Task Who_asks_when_as_much_is_kept_as_may_is_sent_every_score()
    {
        await using var host = await Start();
        var (everyone, records) = Make(host, seed: 1);
        await TellAsync(host, records);
        var model = await ModelOf(host);
        var query = Query(host, "");

        SegmentTally[] read = [];
        for (var asked = 0; asked < 9; asked++)
        {
            var question = Guid.NewGuid();
            var sent = await AskAsync(
                host,
                shard => shard.TallyBrieflyAsync(question, query, Ref(model), host.Now.Ticks)
            );
            read = [.. sent.Select(answer => SegmentTally.Read(answer.Tally!, query))];
        }

        Assert.All(read, tally => Assert.False(tally.IsBrief));
        SameAnswers.OfSegment(
            SegmentTally.Summarize([everyone.Tally(query, model, host.Now)], query, model, host.Now),
            await host.Backend.GetSegmentStatisticsAsync(query, BackendHost.Cancellation)
        );
    }

    private static ModelRef Ref(ScoringModel model) => new(model.Name, model.Version);

    private static SegmentQuery Query(BackendHost host, string filter) =>
        new()
        {
            Workspace = host.Workspace,
            Filter = SegmentFilter.Parse(filter),
            Percentiles = [0, 1, 25, 50, 75, 99, 99.9, 100],
            Top = 20,
            Bottom = 20,
            EventTotals = true,
        };

    private static async Task<ScoringModel> ModelOf(BackendHost host) =>
        (await host.Backend.ListModelsAsync(host.Workspace, BackendHost.Cancellation)).Single(model =>
            model.Name == Samples.Model().Name
        );

    private async Task<T[]> AskAsync<T>(BackendHost host, Func<ISegmentShardGrain, Task<T>> ask) =>
        await Task.WhenAll(
            Enumerable
                .Range(0, ThreeSilos.Shards)
                .Select(shard => ask(Shard(new(host.Workspace, shard, ThreeSilos.Shards))))
        );

    private ISegmentShardGrain Shard(ShardKey key) =>
        cluster.Service<IGrainFactory>(0).GetGrain<ISegmentShardGrain>(key.ToString());

    /// <summary>Tells the shards of customers, as the silo does that has them.</summary>
    private async Task TellAsync(BackendHost host, IReadOnlyList<(string Id, byte[] Record)> records, long version = 1)
    {
        var silo = cluster.Silos[0].SiloAddress;
        var shards = records.GroupBy(customer => Buckets.ShardOf(Buckets.Of(customer.Id), ThreeSilos.Shards));
        foreach (var shard in shards)
        {
            foreach (var customers in shard.Chunk(2_000))
            {
                await Shard(new(host.Workspace, shard.Key, ThreeSilos.Shards))
                    .PutAsync(
                        new(
                            silo,
                            0,
                            [.. customers.Select(c => new Summary(Encoding.UTF8.GetBytes(c.Id), version, c.Record))]
                        )
                    );
            }
        }
    }

    /// <summary>Customers with few events, most of them, and some with many.</summary>
    private static (Population Everyone, IReadOnlyList<(string Id, byte[] Record)> Records) Make(
        BackendHost host,
        int seed
    )
    {
        var random = new Random(seed);
        var settings = new WorkspaceSettings { Name = host.Workspace };
        var open = new OpenCustomer(settings);
        var everyone = new Population(settings);
        var records = new List<(string Id, byte[] Record)>();
        for (var i = 0; i < Customers; i++)
        {
            var id = $"c{i}";
            open.OpenNew(id);
            open.Upsert(new CustomerUpdate(id, "", [new("plan", $"p{i % 3}"), new("country", $"l{i % 7}")]), default);
            for (var left = i % 4 == 0 ? 0 : (int)(1 / (0.05 + random.NextDouble())); left > 0; left--)
            {
                open.Record(
                    new EventRecord
                    {
                        CustomerId = Encoding.UTF8.GetBytes(id),
                        Type = Encoding.UTF8.GetBytes(Samples.Types[random.Next(3)]),
                        Value = 1 + random.NextDouble(),
                        OccurredAt = host.Now - TimeSpan.FromHours(random.Next(2_000)),
                    },
                    host.Now
                );
            }
            var record = new ArrayBufferWriter<byte>();
            open.Write(record);
            everyone.Put(record.WrittenSpan);
            records.Add((id, record.WrittenSpan.ToArray()));
        }
        everyone.Settle();
        return (everyone, records);
    }
}
