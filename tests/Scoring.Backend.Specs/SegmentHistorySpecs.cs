using Scoring.Core;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>What was true of a segment.</summary>
public abstract class SegmentHistorySpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const double Tolerance = 1e-9;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly string[] Crowd = [.. Enumerable.Range(0, 30).Select(i => $"c-{i}")];

    /// <summary>Filters that the points of the members' histories can be held to.</summary>
    private static readonly (string Filter, Func<ScorePoint, bool> Holds)[] Segments =
    [
        ("", _ => true),
        ("score < 4", point => point.Score < 4),
        ("band = high OR lifecycle = new", point => point.Band == "high" || point.Stage == Lifecycle.New),
    ];

    /// <summary>Counts logins for ever, one point each.</summary>
    private static ScoringModel Logins { get; } =
        Samples.Model() with
        {
            Terms = [new EventTerm("login", 0, Measure.Count, 1)],
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_point_is_of_all_members_as_their_own_histories_tell_of_them(int seed)
    {
        await using var host = await Start(variant: seed);
        await host.Put(ScoreDiary.Model);
        var random = new Random(seed);
        var diary = new ScoreDiary(host, random);
        var start = host.Now;
        for (var step = 0; step < 6; step++)
        {
            await host.Record([.. Enumerable.Range(0, 20).Select(_ => Event(host, random))]);
            await diary.KeepAsync(steps: 4);
        }
        var middle = start + ((host.Now - start) / 2);
        // More than are worked out together.
        Instant[] times =
        [
            .. Enumerable.Range(0, 70).Select(_ => host.Now - TimeSpan.FromMinutes(random.Next(1, 60_000))).Order(),
            host.Now,
        ];

        foreach (var knownAt in new Instant?[] { null, middle })
        {
            await AssertOfMembersAsync(host, diary, knownAt, times);
            await host.CrashAndRestartAsync();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_told_again_counts_what_came_late_since(int seed)
    {
        await using var host = await Start(variant: seed);
        await host.Put(ScoreDiary.Model);
        var random = new Random(seed);
        var diary = new ScoreDiary(host, random);
        await host.Record([.. Enumerable.Range(0, 100).Select(_ => Event(host, random))]);
        await diary.KeepAsync(steps: 20);
        var knownAt = host.Now - (2 * Day);

        for (var round = 0; round < 6; round++)
        {
            Instant[] times = [.. Enumerable.Range(0, 30).Select(day => host.Now - ((29 - day) * Day))];
            await AssertOfMembersAsync(host, diary, null, times);
            await AssertOfMembersAsync(host, diary, knownAt, times);
            if (round % 2 == 0)
            {
                await diary.KeepAsync(steps: 2);
            }
            else
            {
                await host.Record([Event(host, random)]);
            }
        }
    }

    [Fact]
    public async Task The_last_point_is_what_is_told_of_the_segment_now_and_one_of_the_past_what_is_told_of_it_then()
    {
        await using var host = await Start();
        await host.Put(ScoreDiary.Model);
        var random = new Random(5);
        await new ScoreDiary(host, random).KeepAsync(steps: 15);
        await host.Record([.. Enumerable.Range(0, 60).Select(_ => Event(host, random))]);
        await host.Upsert(new CustomerUpdate("c-1", "acme", [new("plan", "pro")]));
        var before = host.Now - (20 * Day);

        foreach (var filter in new[] { "", "plan = pro", "score > 3 AND last_event < 9d", "account_id = acme" })
        {
            var history = await host.SegmentHistory(filter, null, before, host.Now);
            SegmentQuery Ask(SegmentQuery query) =>
                query with
                {
                    Filter = Filter.Parse(filter),
                    Percentiles = [25, 50, 75],
                };
            AssertSame(await host.Segment(query => Ask(query) with { ReadTime = before }), history[0]);
            AssertSame(await host.Segment(Ask), history[1]);
        }
    }

    [Fact]
    public async Task Who_belongs_to_it_is_told_by_what_was_known_of_customers_then()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now), new Sample("bob", At: host.Now));
        var start = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "acme", [new("plan", "pro")]));
        host.Clock.Advance(Day);
        await host.Upsert(
            new CustomerUpdate("ada", "other", [new("plan", "free")]),
            new CustomerUpdate("bob", "", [new("plan", "pro")])
        );
        host.Clock.Advance(Day);
        await host.Record(new Sample("bob", At: host.Now), new Sample("bob", At: host.Now));
        host.Clock.Advance(Day);
        Instant[] times = [.. new[] { -0.5, 0.5, 1.5, 2.5, 3.5 }.Select(days => start + (days * Day))];

        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal([(0, null), (2, 1), (2, 1), (2, 1), (2, 2)], await Of(""));
            Assert.Equal([(0, null), (0, null), (1, 1), (1, 1), (1, 3)], await Of("plan = pro"));
            Assert.Equal([(0, null), (0, null), (0, null), (1, 1), (1, 1)], await Of("plan = free"));
            Assert.Equal([(0, null), (0, null), (1, 1), (0, null), (0, null)], await Of("account_id = acme"));
            // As of the second day ada has the plan, and nobody else will.
            Assert.Equal([(0, null), (0, null), (1, 1), (1, 1), (1, 1)], await Of("plan = pro", times[2]));
            Assert.Equal([(0, null), (0, null), (0, null), (0, null), (0, null)], await Of("", times[0]));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }

        async Task<IEnumerable<(long, double?)>> Of(string filter, Instant? knownAt = null) =>
            (await host.SegmentHistory(filter, knownAt, times)).Select(point => (point.Customers, point.Mean));
    }

    [Fact]
    public async Task Late_events_count_from_when_they_occurred_or_from_when_they_were_received()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now));
        var start = host.Now;
        host.Clock.Advance(4 * Day);
        await host.Record(new Sample("ada", At: start + Day), new Sample("bob", At: start + (2 * Day)));
        host.Clock.Advance(Day);
        Instant[] times = [start, start + (1.5 * Day), start + (2.5 * Day), host.Now];

        Assert.Equal([(1, 1), (1, 2), (2, 1.5), (2, 1.5)], await At(null));
        Assert.Equal([(1, 1), (1, 1), (1, 1), (1, 1)], await At(start + (3 * Day)));
        Assert.Equal([(1, 1), (1, 2), (2, 1.5), (2, 1.5)], await At(host.Now - Second));

        async Task<IEnumerable<(long, double?)>> At(Instant? knownAt) =>
            (await host.SegmentHistory("", knownAt, times)).Select(point => (point.Customers, point.Mean));
    }

    [Fact]
    public async Task Merged_customers_are_several_until_they_are_merged_and_deleted_ones_never_were()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(
            new Sample("ada", At: host.Now - (3 * Day)),
            new Sample("anon", At: host.Now - (3 * Day)),
            new Sample("anon", At: host.Now - (2 * Day)),
            new Sample("gone", At: host.Now - (3 * Day))
        );
        host.Clock.Advance(Day);
        var before = host.Now;
        host.Clock.Advance(Day);
        await host.Merge("ada", "anon");
        await host.Delete("gone");
        host.Clock.Advance(Day);

        for (var restarted = false; ; restarted = true)
        {
            var points = await host.SegmentHistory("", null, before, host.Now);
            Assert.Equal(
                [(2, 1, 1.5, 2), (1, 3, 3, 3)],
                points.Select(point => (point.Customers, point.Min, point.Mean, point.Max))
            );
            // As it was known before the merge, they stay two.
            var unmerged = await host.SegmentHistory("", before, before, host.Now);
            Assert.Equal([(2, 1.5), (2, 1.5)], unmerged.Select(point => (point.Customers, point.Mean)));
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task All_points_are_scored_by_one_version_of_the_model_which_may_be_an_older_one()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now - (2 * Day)));
        await host.Put(Logins with { TargetPoints = 50 });

        Assert.Equal([(3, 2), (3, 2)], await By(""));
        Assert.Equal([(2, 1), (2, 1)], await By("engagement@2"));
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => By("none"))).Error);
        Assert.Equal(ScoringError.ModelVersionNotFound, (await Refusal(() => By("engagement@9"))).Error);

        async Task<IEnumerable<(int, double?)>> By(string model)
        {
            var query = new SegmentQuery { Workspace = host.Workspace, Model = model };
            var points = await host.Backend.GetSegmentHistoryAsync(
                new(query, [host.Now - Day, host.Now], null),
                BackendHost.Cancellation
            );
            return points.Select(point => (point.ModelVersion, point.Mean));
        }
    }

    /// <summary>Asserts that a point is what looking at every member's own point tells.</summary>
    private static void AssertOf(IReadOnlyList<ScorePoint> members, SegmentStatistics point)
    {
        double[] scores = [.. members.Select(member => member.Score).Order()];
        Assert.Equal(scores.Length, point.Customers);
        Assert.Equal(scores.Length > 0, point.Mean.HasValue);
        Assert.Equal(scores.DefaultIfEmpty(0).Average(), point.Mean ?? 0, Tolerance);
        Assert.Equal(scores.Length == 0 ? [] : [25, 50, 75], point.Percentiles.Select(percentile => percentile.Rank));
        Assert.All(point.Percentiles, of => Assert.Equal(At(scores, of.Rank), of.Score, Tolerance));
        Assert.Equal(
            ScoreDiary.Model.Bands.Select(band => (band.Name, members.LongCount(member => member.Band == band.Name))),
            point.Bands.Select(band => (band.Band, band.Customers))
        );
        Assert.All(
            point.Lifecycles,
            of => Assert.Equal(members.LongCount(member => member.Stage == of.Lifecycle), of.Customers)
        );
    }

    private static async Task AssertOfMembersAsync(
        BackendHost host,
        ScoreDiary diary,
        Instant? knownAt,
        params Instant[] times
    )
    {
        var members = new List<ScorePoint>();
        foreach (var customer in diary.Customers.Concat(Crowd))
        {
            members.AddRange((await host.History(customer, knownAt, times))?.Points ?? []);
        }
        var pointsOf = members.ToLookup(point => point.Time);
        foreach (var (filter, holds) in Segments)
        {
            var history = await host.SegmentHistory(filter, knownAt, times);
            Assert.Equal(times, history.Select(point => point.ReadTime));
            Assert.All(history, point => AssertOf([.. pointsOf[point.ReadTime].Where(holds)], point));
        }
    }

    private static void AssertSame(SegmentStatistics expected, SegmentStatistics point)
    {
        Assert.Equal(
            (expected.Customers, expected.ReadTime, expected.ModelName, expected.ModelVersion),
            (point.Customers, point.ReadTime, point.ModelName, point.ModelVersion)
        );
        Assert.Equal(expected.Mean ?? 0, point.Mean ?? 0, Tolerance);
        Assert.Equal(expected.StandardDeviation ?? 0, point.StandardDeviation ?? 0, Tolerance);
        Assert.Equal(
            expected.Percentiles.Select(of => (of.Rank, Math.Round(of.Score, 8))),
            point.Percentiles.Select(of => (of.Rank, Math.Round(of.Score, 8)))
        );
        Assert.Equal(expected.Bands, point.Bands);
        Assert.Equal(expected.Lifecycles, point.Lifecycles);
        Assert.Equal(expected.EngagementIndex, point.EngagementIndex);
        Assert.Equal(expected.Activity, point.Activity);
    }

    /// <summary>By linear interpolation between closest ranks.</summary>
    private static double At(double[] sorted, double percentile)
    {
        var rank = percentile / 100 * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
        return below + ((above - below) * (rank - Math.Floor(rank)));
    }

    /// <summary>One of the last days, or one that comes weeks late.</summary>
    private static Sample Event(BackendHost host, Random random) =>
        new(
            Crowd[random.Next(Crowd.Length)],
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(random.Next(random.Next(3) == 0 ? 60_000 : 1_000))
        );
}
