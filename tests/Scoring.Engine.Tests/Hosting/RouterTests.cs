using System.Buffers;
using System.Text.Json;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>Calls find the partitions that they are for, also while these are on their way.</summary>
public sealed class RouterTests
{
    [Fact]
    public async Task A_call_over_three_hosts_waits_for_the_partition_that_is_moving()
    {
        await using var bench = new HostBench();
        var hosts = await ThreeAsync(bench);
        Sample[] events =
        [
            .. Enumerable.Range(0, 3).Select(p => new Sample(hosts[0].CustomerOf(p), "1", Account: "a")),
        ];
        await MoveWhenAsked(hosts, 2, to: 1);
        var written = await hosts[0].Record(events);
        Assert.Equal((3, 0), (written.Accepted, written.Duplicates));

        await MoveWhenAsked(hosts, 2, to: 2);
        var scores = await hosts[0].Scores(null, [.. events.Select(e => e.Customer)]);
        Assert.All(scores, score => Assert.Equal("a", score!.AccountId));

        await MoveWhenAsked(hosts, 2, to: 1);
        Assert.Equal(3, (await hosts[0].Segment()).Customers);

        await MoveWhenAsked(hosts, 2, to: 2);
        Assert.Equal(3, (await hosts[0].Health("a")).Customers);

        await MoveWhenAsked(hosts, 2, to: 1);
        var types = await hosts[0].Backend.ListEventTypesAsync("", BackendHost.Cancellation);
        Assert.Equal(["login"], types);
    }

    [Fact]
    public async Task A_call_waits_for_a_partition_that_is_nowhere_no_longer_than_it_may()
    {
        await using var bench = new HostBench();
        var hosts = await ThreeAsync(bench);
        await hosts[2].Host.ClosePartitionAsync(2, BackendHost.Cancellation);
        var waited = TimeSpan.Zero;
        hosts[0].Refreshing = absent =>
        {
            Assert.Equal([2], absent);
            waited += TimeSpan.FromSeconds(1);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return default;
        };

        await AssertUnavailable(() => hosts[0].Record([.. Three(hosts[0])]));
        await AssertUnavailable(() => hosts[0].Record(new Sample(hosts[0].CustomerOf(2), "2")));
        await AssertUnavailable(() => hosts[0].Score(hosts[0].CustomerOf(2)));
        await AssertUnavailable(() => hosts[0].Segment());
        await AssertUnavailable(() => hosts[0].Health("a"));

        // What the others took of it stands.
        await hosts[2].Host.OpenPartitionAsync(2, BackendHost.Cancellation);
        var again = await hosts[0].Record([.. Three(hosts[0])]);
        Assert.Equal((1, 2), (again.Accepted, again.Duplicates));

        async Task AssertUnavailable(Func<Task> call)
        {
            waited = TimeSpan.Zero;
            var refused = await Assert.ThrowsAsync<ScoringException>(call);
            Assert.Equal(ScoringError.Unavailable, refused.Error);
            Assert.NotNull(refused.RetryAfter);
            Assert.InRange(waited, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        }
    }

    [Fact]
    public async Task A_call_of_which_one_host_refuses_its_part_while_others_took_theirs_is_of_unknown_outcome()
    {
        await using var bench = new HostBench();
        var hosts = await ThreeAsync(bench);
        var overloaded = new ScoringException(ScoringError.Overloaded, "Too much.")
        {
            RetryAfter = TimeSpan.FromSeconds(3),
        };
        hosts[0].Ask(new RefusingHost(hosts[2].Host, overloaded), 2);

        var refused = await hosts[0].Refused([.. Three(hosts[0])]);

        Assert.Equal(overloaded.RetryAfter, refused.RetryAfter);
        Assert.Same(overloaded, refused.InnerException);
        // Where nobody took anything, it is as it was said.
        var alone = await Assert.ThrowsAsync<ScoringException>(() =>
            hosts[0].Record(new Sample(hosts[0].CustomerOf(2), "1"))
        );
        Assert.Equal(ScoringError.Overloaded, alone.Error);
        hosts[0].Ask(hosts[2].Host, 2);
        var again = await hosts[0].Record([.. Three(hosts[0])]);
        Assert.Equal((1, 2), (again.Accepted, again.Duplicates));
    }

    [Fact]
    public async Task Percentiles_that_sent_scores_do_not_tell_are_found_once_all_were_sent()
    {
        await using var bench = new HostBench();
        var hosts = await ThreeAsync(bench);
        string[] low = [.. hosts[0].CustomersOf(2, 300)];
        string[] high = [.. hosts[0].CustomersOf(0, 150), .. hosts[0].CustomersOf(1, 150)];
        await hosts[0].Record([.. low.Concat(high).Select(customer => new Sample(customer, "1"))]);
        await hosts[0].Record([.. high.Select(customer => new Sample(customer, "2"))]);
        var expected = await hosts[0].Segment(WithPercentiles);
        var sending = new SendingHost(hosts[2].Host);
        hosts[0].Ask(sending, 2);

        var found = await hosts[0].Segment(WithPercentiles);

        Assert.Equal(expected.Percentiles, found.Percentiles);
        Assert.Equal([false, true], sending.AskedForAll);
    }

    [Fact]
    public async Task What_was_meant_by_a_filter_is_found_as_one_host_would_find_it()
    {
        await using var bench = new HostBench();
        await using var alone = new HostBench();
        var hosts = await ThreeAsync(bench);
        var one = await alone.StartWithAllAsync();
        string[] plans = ["gold", "golden", "Silver"];
        CustomerUpdate[] updates =
        [
            .. plans.Select((plan, p) => new CustomerUpdate(hosts[0].CustomerOf(p), "", [new("plan", plan)])),
            // A key and a value that only one of them knows.
            new(hosts[0].CustomersOf(1, 2)[1], "", [new("city", "Bern")]),
        ];
        await hosts[0].Upsert(updates);
        await one.Upsert(updates);

        foreach (
            var filter in (string[])
                [
                    "plan = \"goldn\"",
                    "pla = \"gold\"",
                    "city = \"bern\"",
                    "plan = \"silver\" AND city = \"Bern\"",
                    "x = \"y\"",
                ]
        )
        {
            var expected = await one.Segment(query => query with { Filter = Filter.Parse(filter) });
            var found = await hosts[0].Segment(query => query with { Filter = Filter.Parse(filter) });
            Assert.Equal(Text(expected), Text(found));
            Assert.NotEmpty(found.FilterHints);
        }
    }

    [Fact]
    public async Task Figures_of_three_hosts_are_to_the_bit_those_of_one()
    {
        await using var bench = new HostBench();
        await using var alone = new HostBench();
        var hosts = await ThreeAsync(bench);
        var one = await alone.StartWithAllAsync();
        var random = new Random(7);
        for (var round = 0; round < 10; round++)
        {
            Sample[] events =
            [
                .. Enumerable
                    .Range(0, 300)
                    .Select(i => new Sample(
                        $"c{random.Next(400)}",
                        $"{round}-{i}",
                        Samples.Types[random.Next(3)],
                        random.NextDouble() * 10,
                        one.Now - TimeSpan.FromMinutes(random.Next(60_000)),
                        Account: $"a{random.Next(5)}"
                    )),
            ];
            Assert.Equal(300, (await hosts[round % 3].Record(events)).Accepted);
            Assert.Equal(300, (await one.Record(events)).Accepted);
            bench.Clock.Advance(TimeSpan.FromHours(5));
            alone.Clock.Advance(TimeSpan.FromHours(5));
        }

        await AssertSame();
        // While hosts are asked, events come that lie ahead of the clock: two to partitions that are asked next, one where it was asked.
        var ahead = new Queue<Sample>([
            new(hosts[0].CustomerOf(1), "ahead-0", At: one.Now + TimeSpan.FromMinutes(1)),
            new(hosts[0].CustomerOf(2), "ahead-1", At: one.Now + TimeSpan.FromMinutes(2)),
            new(hosts[0].CustomerOf(0), "ahead-2", At: one.Now + TimeSpan.FromMinutes(3)),
        ]);
        foreach (var host in hosts)
        {
            host.Connection.BeforeHolds = _ =>
            {
                if (ahead.TryDequeue(out var sample))
                {
                    host.Record(sample).GetAwaiter().GetResult();
                    one.Record(sample).GetAwaiter().GetResult();
                }
            };
        }
        // On another thread than the one that answers writes.
        var found = await Task.Run(() => Figures(hosts[1]), BackendHost.Cancellation);
        Assert.Empty(ahead);
        Assert.Equal(one.Now + TimeSpan.FromMinutes(3), found.ReadTime);
        AssertSameFigures(await Figures(one), found);
        await AssertSame();

        async Task AssertSame()
        {
            var expected = await Figures(one);
            foreach (var host in hosts)
            {
                AssertSameFigures(expected, await Figures(host));
                Assert.Equal(Text(await one.Health("a1")), Text(await host.Health("a1")));
            }
        }

        static Task<SegmentStatistics> Figures(HostBench.Seat host, Instant? at = null) =>
            host.Segment(query =>
                query with
                {
                    ReadTime = at,
                    Percentiles = [1, 50, 99.9],
                    Top = 20,
                    Bottom = 20,
                    EventTotals = true,
                }
            );
    }

    [Fact]
    public async Task What_was_told_of_the_past_is_tallied_again_only_from_where_something_came_late()
    {
        await using var bench = new HostBench();
        var host = await bench.StartWithAllAsync();
        await host.Record(new Sample("c-1", "1"));
        for (var day = 0; day < 8; day++)
        {
            bench.Clock.Advance(TimeSpan.FromDays(1));
        }
        Instant[] days = [.. Enumerable.Range(0, 5).Select(day => host.Now - TimeSpan.FromDays(5 - day)), host.Now];
        var asked = new PastHost(host.Host);
        foreach (var partition in Enumerable.Range(0, host.Host.Partitions))
        {
            host.Ask(asked, partition);
        }

        await host.SegmentHistory("", null, days);
        Assert.Equal(days, asked.Told());

        // Of the last point alone events may be on their way.
        await host.SegmentHistory("", null, days);
        Assert.Equal([days[^1]], asked.Told());

        // What comes in time changes nothing, and another segment is another question.
        await host.Record(new Sample("c-1", "2"));
        await host.SegmentHistory("", null, days);
        Assert.Equal([days[^1]], asked.Told());
        await host.SegmentHistory("score > 1", null, days);
        Assert.Equal(days, asked.Told());

        await host.Record(new Sample("c-2", "1", At: days[3] + TimeSpan.FromHours(13)));
        var late = await host.SegmentHistory("", null, days);
        Assert.Equal(days[4..], asked.Told());
        Assert.Equal([1, 1, 1, 1, 2, 2], late.Select(point => point.Customers));

        await host.Delete("c-1");
        var deleted = await host.SegmentHistory("", null, days);
        Assert.Equal(days, asked.Told());
        Assert.Equal([0, 0, 0, 0, 1, 1], deleted.Select(point => point.Customers));

        // Another version of the model scores anew.
        await host.Put(Samples.Model() with { Terms = [.. Samples.Model().Terms.Take(1)] });
        await host.SegmentHistory("", null, days);
        Assert.Equal(days, asked.Told());
    }

    /// <summary>Every figure to the bit, but the deviation: squares are added up from a point in the middle, which each host finds for itself.</summary>
    private static void AssertSameFigures(SegmentStatistics expected, SegmentStatistics found)
    {
        Assert.Equal(expected.StandardDeviation!.Value, found.StandardDeviation!.Value, 1e-12);
        Assert.Equal(Text(expected with { StandardDeviation = 0 }), Text(found with { StandardDeviation = 0 }));
    }

    private static string Text<T>(T answer) => JsonSerializer.Serialize(answer);

    private static IEnumerable<Sample> Three(HostBench.Seat host) =>
        Enumerable.Range(0, 3).Select(partition => new Sample(host.CustomerOf(partition), "1"));

    private static SegmentQuery WithPercentiles(SegmentQuery query) => query with { Percentiles = [50, 90] };

    /// <summary>Three hosts with a partition each, which know of each other.</summary>
    private static async Task<HostBench.Seat[]> ThreeAsync(HostBench bench)
    {
        var first = await bench.StartWithAllAsync();
        HostBench.Seat[] hosts = [first, bench.Start(), bench.Start()];
        foreach (var partition in (int[])[1, 2])
        {
            await first.Host.ClosePartitionAsync(partition, BackendHost.Cancellation);
            await hosts[partition].Host.OpenPartitionAsync(partition, BackendHost.Cancellation);
        }
        foreach (var host in hosts)
        {
            for (var partition = 0; partition < 3; partition++)
            {
                host.Ask(hosts[partition].Host, partition);
            }
        }
        return hosts;
    }

    /// <summary>Closes a partition, and opens it on another host when the first one looks for it the second time.</summary>
    private static async Task MoveWhenAsked(HostBench.Seat[] hosts, int partition, int to)
    {
        await hosts[to == 1 ? 2 : 1].Host.ClosePartitionAsync(partition, BackendHost.Cancellation);
        var looked = 0;
        hosts[0].Refreshing = async absent =>
        {
            Assert.Equal([partition], absent);
            if (++looked == 2)
            {
                await hosts[to].Host.OpenPartitionAsync(partition, BackendHost.Cancellation);
                hosts[0].Ask(hosts[to].Host, partition);
            }
        };
    }

    /// <summary>A host that refuses writes.</summary>
    private sealed class RefusingHost(IPartitionHost host, Exception error) : OtherHost(host)
    {
        public override ValueTask<HostAnswer<WriteResult>> WriteAsync(
            HostWrite write,
            CancellationToken cancellationToken
        ) => ValueTask.FromException<HostAnswer<WriteResult>>(error);
    }

    /// <summary>A host that sends tallies without their scores, unless it is asked for these.</summary>
    private sealed class SendingHost(IPartitionHost host) : OtherHost(host)
    {
        /// <summary>By question: whether it asked for all scores.</summary>
        public List<bool> AskedForAll { get; } = [];

        public override async ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
            SegmentQuestion question,
            CancellationToken cancellationToken
        )
        {
            AskedForAll.Add(!question.FewScores);
            var answer = await base.TallyAsync(question, cancellationToken);
            var sent = new ArrayBufferWriter<byte>();
            var mostScores = question.FewScores ? 0 : int.MaxValue;
            SegmentTally.Write(answer.Value!, question.Query, Samples.Model(), mostScores, sent);
            return answer with { Value = [SegmentTally.Read(sent.WrittenSpan, question.Query)] };
        }
    }

    /// <summary>A host that notes which instants of the past it tallied a segment at.</summary>
    private sealed class PastHost(IPartitionHost host) : OtherHost(host)
    {
        private readonly List<Instant> _times = [];

        public override ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyPastAsync(
            PastSegmentQuestion question,
            CancellationToken cancellationToken
        )
        {
            _times.AddRange(question.Times);
            return base.TallyPastAsync(question, cancellationToken);
        }

        /// <summary>Those since this was asked last.</summary>
        public Instant[] Told()
        {
            Instant[] told = [.. _times.Order()];
            _times.Clear();
            return told;
        }
    }

    /// <summary>Stands before a host.</summary>
    private abstract class OtherHost(IPartitionHost host) : IPartitionHost
    {
        public virtual ValueTask<HostAnswer<WriteResult>> WriteAsync(
            HostWrite write,
            CancellationToken cancellationToken
        ) => host.WriteAsync(write, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
            ScoreQuery query,
            int modelVersion,
            CancellationToken cancellationToken
        ) => host.ScoreAsync(query, modelVersion, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<MergedCustomer?>>> FindMergedAsync(
            string workspace,
            IReadOnlyList<string> customerIds,
            CancellationToken cancellationToken
        ) => host.FindMergedAsync(workspace, customerIds, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<CustomerPast>>> ReadPastAsync(
            string workspace,
            string customerId,
            CancellationToken cancellationToken
        ) => host.ReadPastAsync(workspace, customerId, cancellationToken);

        public ValueTask<HostAnswer<AccountChangeFound>> TallyChangeAsync(
            AccountChangeQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyChangeAsync(question, cancellationToken);

        public ValueTask<HostAnswer<PastAccountTallies>> TallyPastAsync(
            PastAccountQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyPastAsync(question, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<EvaluationPart>>> EvaluateAsync(
            EvaluationQuestion question,
            CancellationToken cancellationToken
        ) => host.EvaluateAsync(question, cancellationToken);

        public virtual ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyPastAsync(
            PastSegmentQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyPastAsync(question, cancellationToken);

        public ValueTask<HostAnswer<PastMarks>> MarkPastAsync(
            PastMarkQuestion question,
            CancellationToken cancellationToken
        ) => host.MarkPastAsync(question, cancellationToken);

        public ValueTask<HostAnswer<SegmentChangeTally>> TallyChangeAsync(
            SegmentChangeQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyChangeAsync(question, cancellationToken);

        public ValueTask<HostAnswer<BandLeaverTally>> FindLeaversAsync(
            BandLeaverQuestion question,
            CancellationToken cancellationToken
        ) => host.FindLeaversAsync(question, cancellationToken);

        public ValueTask<HostAnswer<EventPage>> ExportAsync(
            EventExportQuestion question,
            CancellationToken cancellationToken
        ) => host.ExportAsync(question, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<CustomerDetails>>> DescribeCustomerAsync(
            string workspace,
            string customerId,
            CancellationToken cancellationToken
        ) => host.DescribeCustomerAsync(workspace, customerId, cancellationToken);

        public ValueTask<HostAnswer<AccountDetails>> DescribeAccountAsync(
            string workspace,
            string accountId,
            IReadOnlyList<int> partitions,
            CancellationToken cancellationToken
        ) => host.DescribeAccountAsync(workspace, accountId, partitions, cancellationToken);

        public virtual ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
            SegmentQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyAsync(question, cancellationToken);

        public ValueTask<HostAnswer<AccountTallies>> TallyAsync(
            AccountQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyAsync(question, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<PreviewTally>>> PreviewAsync(
            PreviewQuestion question,
            CancellationToken cancellationToken
        ) => host.PreviewAsync(question, cancellationToken);

        public ValueTask<HostAnswer<TraitTally>> CountTraitsAsync(
            ContrastQuestion question,
            CancellationToken cancellationToken
        ) => host.CountTraitsAsync(question, cancellationToken);

        public ValueTask<HostAnswer<GroupTally>> GroupAsync(
            GroupQuestion question,
            CancellationToken cancellationToken
        ) => host.GroupAsync(question, cancellationToken);

        public ValueTask<HostAnswer<IdList>> ListAsync(ListQuestion question, CancellationToken cancellationToken) =>
            host.ListAsync(question, cancellationToken);

        public ValueTask<HostAnswer<AccountTable>> TallyAccountsAsync(
            AccountListQuestion question,
            CancellationToken cancellationToken
        ) => host.TallyAccountsAsync(question, cancellationToken);

        public ValueTask<ListPart?> ReadListAsync(
            string list,
            int offset,
            int size,
            CancellationToken cancellationToken
        ) => host.ReadListAsync(list, offset, size, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<string>>>> FindAccountsAsync(
            AccountSearch search,
            CancellationToken cancellationToken
        ) => host.FindAccountsAsync(search, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<PastAccountMatch>>> FindPastAccountsAsync(
            PastAccountSearch search,
            CancellationToken cancellationToken
        ) => host.FindPastAccountsAsync(search, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<CustomerAdjustment>>> FindAdjustmentsAsync(
            AdjustmentSearch search,
            CancellationToken cancellationToken
        ) => host.FindAdjustmentsAsync(search, cancellationToken);

        public ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
            SegmentQuestion question,
            CancellationToken cancellationToken
        ) => host.FindHintsAsync(question, cancellationToken);

        public ValueTask<HostAnswer<HostNames>> ListNamesAsync(
            string workspace,
            IReadOnlyList<int> partitions,
            CancellationToken cancellationToken
        ) => host.ListNamesAsync(workspace, partitions, cancellationToken);
    }
}
