using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>What a customer's score was.</summary>
public abstract class HistorySpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    // Times of receipt are kept to the second.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Counts logins for ever, one point each, and what a plan is worth.</summary>
    private static ScoringModel Logins { get; } =
        Samples.Model() with
        {
            Terms = [new EventTerm("login", 0, Measure.Count, 1), new AttributeTerm("plan", ["pro"], [], 10)],
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_point_counts_what_had_occurred_by_then_of_what_was_known(int seed)
    {
        var random = new Random(seed);
        await using var host = await Start(variant: seed);
        var received = new List<(Sample Event, Instant At)>();
        for (var step = 0; step < 12; step++)
        {
            Sample[] events = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Event(host, random))];
            // An event that is sent again is one event of the past too.
            await host.Record([.. events, events[0]]);
            received.AddRange(events.Select(sent => (sent, KnownBySecond(sent, host.Now))));
            host.Clock.Advance(TimeSpan.FromHours(random.Next(1, 60)));
        }
        Instant[] times =
        [
            .. Enumerable.Range(0, 40).Select(_ => host.Now - TimeSpan.FromMinutes(random.Next(1, 150_000))).Order(),
            host.Now,
        ];
        Instant?[] known = [null, received[0].At - Second, .. received.Select(of => (Instant?)of.At + Second)];

        for (var restarted = false; ; restarted = true)
        {
            foreach (var knownAt in known.Distinct())
            {
                var history = (await host.History("ada", knownAt, times))!;
                Assert.Equal(("ada", "engagement", 1), (history.CustomerId, history.ModelName, history.ModelVersion));
                var counting = received.Where(of => knownAt is null || of.At <= knownAt).Select(of => of.Event);
                AssertCount([.. counting], times, history.Points);
            }
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_told_then_is_told_again_as_it_was_known_then(int seed)
    {
        await using var host = await Start(variant: seed);
        await host.Put(ScoreDiary.Model);
        var diary = new ScoreDiary(host, new Random(seed));
        await diary.KeepAsync(steps: 40);
        await host.CrashAndRestartAsync();
        await diary.KeepAsync(steps: 10);

        foreach (var told in diary.Customers.SelectMany(diary.Of))
        {
            var history = (await host.History(told.CustomerId, told.ReadTime, told.ReadTime))!;
            var point = Assert.Single(history.Points);
            Assert.Equal(told.Score, point.Score, 1e-9);
            Assert.Equal((told.ReadTime, told.Band, told.Lifecycle), (point.Time, point.Band, point.Stage));
            Assert.Equal(told.Momentum.HasValue, point.Momentum.HasValue);
            Assert.Equal(told.Momentum ?? 0, point.Momentum ?? 0, 1e-9);
        }
    }

    [Fact]
    public async Task The_last_point_at_now_is_what_GetScore_tells()
    {
        await using var host = await Start();
        await host.Put(ScoreDiary.Model);
        await new ScoreDiary(host, new Random(3)).KeepAsync(steps: 25);
        // Not a moment later: what was received just now is in it.
        await host.Record(new Sample("ada", At: host.Now), new Sample("ada", At: host.Now - (40 * Day)));
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro")]));

        foreach (var score in (await host.Scores(null, "ada", "bob", "eve", "joe")).Where(score => score is not null))
        {
            var history = (await host.History(score!.CustomerId, null, host.Now - Day, host.Now))!;
            var last = history.Points[^1];
            Assert.Equal(score.Score, last.Score, 1e-9);
            Assert.Equal(
                (score.ReadTime, score.Band, score.Lifecycle, score.ModelVersion),
                (last.Time, last.Band, last.Stage, history.ModelVersion)
            );
        }
    }

    [Fact]
    public async Task Attributes_and_adjustments_hold_from_when_they_were_received()
    {
        await using var host = await Start();
        await host.Put(Logins);
        var start = host.Now;
        await host.Record(new Sample("ada", At: start));
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro")]));
        host.Clock.Advance(Day);
        await host.Adjust(
            "ada",
            new("engagement", AdjustmentKind.Add, 20, "Renewed.", "key k1 (Ada)", default, host.Now + (3 * Day))
        );
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "")]));
        host.Clock.Advance(4 * Day);
        Instant[] times = [.. new[] { -0.5, 0.5, 1.5, 2.5, 3.5, 5.5 }.Select(days => start + (days * Day))];

        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal([1, 11, 31, 21, 1], Scores(await host.History("ada", null, times)));
            Assert.Equal([1, 11, 11, 11, 11], Scores(await host.History("ada", times[2], times)));
            Assert.Equal([1, 1, 1, 1, 1], Scores(await host.History("ada", times[1], times)));
            Assert.Empty((await host.History("ada", times[0], times))!.Points);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task Before_a_merge_the_survivor_is_told_of_by_itself_and_after_it_with_what_it_took_over()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now - (20 * Day)), new Sample("anon", At: host.Now - (10 * Day)));
        host.Clock.Advance(Day);
        var before = host.Now;
        host.Clock.Advance(Day);
        await host.Merge("ada", "anon");
        host.Clock.Advance(Day);
        await host.Record(new Sample("anon", At: host.Now - Second));
        host.Clock.Advance(Day);

        for (var restarted = false; ; restarted = true)
        {
            Assert.Equal([1], Scores(await host.History("ada", before, before)));
            foreach (var id in new[] { "ada", "anon" })
            {
                var history = (await host.History(id, null, host.Now - (1.5 * Day), host.Now))!;
                Assert.Equal(("ada", 3d), (history.CustomerId, history.Points[^1].Score));
                Assert.Equal([2, 3], Scores(history));
            }
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task A_deleted_customer_has_no_past_and_none_comes_back_with_its_id()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now - (10 * Day)), new Sample("bob", At: host.Now - (10 * Day)));
        host.Clock.Advance(Day);
        await host.Delete("ada");

        Assert.Null(await host.History("ada", null, host.Now - Day, host.Now));
        await host.CrashAndRestartAsync();
        Assert.Null(await host.History("ada", null, host.Now - Day, host.Now));
        await host.Record(new Sample("ada", At: host.Now));
        host.Clock.Advance(Day);
        for (var restarted = false; ; restarted = true)
        {
            var point = Assert.Single((await host.History("ada", null, host.Now - (2 * Day), host.Now))!.Points);
            Assert.Equal((1d, 1L), (point.Score, point.Events));
            Assert.Empty((await host.History("ada", host.Now - (1.5 * Day), host.Now))!.Points);
            Assert.Equal([1, 1], Scores(await host.History("bob", null, host.Now - (2 * Day), host.Now)));
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
        host.Clock.Advance(Day);
        await host.Put(Logins with { TargetPoints = 50 });

        var (current, older) = (await HistoryBy("engagement"), await HistoryBy("engagement@2"));

        Assert.Equal((3, 2), (current!.ModelVersion, older!.ModelVersion));
        Assert.Equal([2, 2], Scores(current));
        Assert.Equal([1, 1], Scores(older));
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => HistoryBy("none"))).Error);
        Assert.Equal(ScoringError.ModelVersionNotFound, (await Refusal(() => HistoryBy("engagement@9"))).Error);

        async Task<ScoreHistory?> HistoryBy(string model) =>
            await host.Backend.GetScoreHistoryAsync(
                new(host.Workspace, "ada", model, [host.Now - Day, host.Now], null),
                BackendHost.Cancellation
            );
    }

    [Fact]
    public async Task Of_a_customer_that_is_not_known_there_is_no_history()
    {
        await using var host = await Start();
        await host.Record(new Sample("ada"));

        Assert.Null(await host.History("nobody", null, host.Now));
    }

    [Fact]
    public async Task The_trend_is_the_line_through_the_points_with_how_sure_it_is()
    {
        await using var host = await Start();
        await host.Put(Logins);
        Instant[] times = [host.Now - (2 * Day), host.Now - Day, host.Now];
        await host.Record(
            new Sample("ada", "1", At: times[0]),
            new Sample("ada", "2", At: times[1]),
            new Sample("ada", "3", At: times[1]),
            new Sample("ada", "4", At: times[2])
        );

        var three = await host.History("ada", null, times);
        var two = await host.History("ada", null, times[1..]);

        // Scores of 1, 3 and 4: the residuals are 1/6, 1/3 and 1/6, and Student's t of one degree of freedom is 12.7062.
        Assert.Equal([1, 3, 4], Scores(three));
        var margin = 12.7062047 * Math.Sqrt(1.0 / 6 / 2);
        Assert.Equal(1.5, three!.Trend!.SlopePerDay, 1e-9);
        Assert.Equal(1.5 - margin, three.Trend.Lower, 1e-6);
        Assert.Equal(1.5 + margin, three.Trend.Upper, 1e-6);
        Assert.Null(two!.Trend);
    }

    /// <summary>Asserts that points are what looking at all events tells.</summary>
    private static void AssertCount(IReadOnlyList<Sample> events, Instant[] times, IReadOnlyList<ScorePoint> points)
    {
        var next = 0;
        var before = Instant.MinValue;
        foreach (var time in times)
        {
            var naive = new NaiveAdjustments();
            naive.Record([.. events.Where(of => of.At <= time)]);
            if (!naive.Customers.Any())
            {
                continue;
            }
            var point = points[next++];
            Assert.Equal(time, point.Time);
            Assert.Equal(naive.Score("ada", Samples.Model(), time), point.Score, 1e-9);
            Assert.Equal(events.Count(of => of.At > before && of.At <= time), point.Events);
            before = time;
        }
        Assert.Equal(points.Count, next);
    }

    private static IEnumerable<double> Scores(ScoreHistory? history) =>
        history!.Points.Select(point => Math.Round(point.Score, 9));

    private static Sample Event(BackendHost host, Random random)
    {
        var occurredBefore = random.Next(random.Next(3) == 0 ? 100_000 : 1_000);
        return new(
            "ada",
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(occurredBefore),
            // Some are of a past that was known elsewhere, from then on or a while after.
            KnownAt: random.Next(3) == 0
                ? host.Now - TimeSpan.FromMinutes(random.Next(occurredBefore) + random.NextDouble())
                : null
        );
    }

    /// <summary>By when an event was known, in whole seconds.</summary>
    private static Instant KnownBySecond(Sample sent, Instant receivedAt)
    {
        var knownAt = sent.KnownAt ?? receivedAt;
        var rest = knownAt.Ticks % Second.Ticks;
        return rest == 0 ? knownAt : new(knownAt.Ticks - rest + Second.Ticks);
    }
}
