using Scoring.Core;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Whose scores moved most in a segment.</summary>
public abstract class MoverSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
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
    public async Task They_are_those_whose_own_histories_differ_most_and_their_parts_add_up_to_the_difference(int seed)
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
        var (early, middle) = (start + ((host.Now - start) / 4), start + ((host.Now - start) / 2));

        foreach (
            var (from, to, knownAt) in new (Instant, Instant, Instant?)[]
            {
                (middle, host.Now, null),
                (early, middle, null),
                (early, host.Now, middle),
            }
        )
        {
            var points = new Dictionary<string, (ScorePoint? From, ScorePoint? To)>();
            foreach (var customer in diary.Customers.Concat(Crowd))
            {
                var known = (await host.History(customer, knownAt, from, to))?.Points ?? [];
                points[customer] = (known.FirstOrDefault(p => p.Time == from), known.FirstOrDefault(p => p.Time == to));
            }
            foreach (var (filter, holds) in Segments)
            {
                var movers = await host.Movers(filter, from, to, knownAt, count: 3);
                AssertOf(points, holds, movers);
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task They_belonged_at_the_end_and_who_was_new_joined_left_or_was_merged_is_counted()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Upsert(
            new CustomerUpdate("ada", "", [new("plan", "pro")]),
            new CustomerUpdate("bob", "", [new("plan", "pro")]),
            new CustomerUpdate("eve", "", [new("plan", "pro")]),
            new CustomerUpdate("joe", "", [new("plan", "pro")]),
            new CustomerUpdate("sue", "", [new("plan", "free")]),
            new CustomerUpdate("gone", "", [new("plan", "pro")])
        );
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Record(
            new Sample("ada", At: host.Now),
            new Sample("sue", At: host.Now),
            new Sample("sue", At: host.Now),
            new Sample("new", At: host.Now),
            new Sample("gone", At: host.Now)
        );
        await host.Upsert(
            new CustomerUpdate("sue", "acme", [new("plan", "pro")]),
            new CustomerUpdate("new", "", [new("plan", "pro")]),
            new CustomerUpdate("eve", "", [new("plan", "free")])
        );
        await host.Merge("ada", "joe");
        await host.Delete("gone");
        host.Clock.Advance(Day);

        for (var restarted = false; ; restarted = true)
        {
            var movers = await host.Movers("plan = pro", from, host.Now, null, count: 2);
            Assert.Equal([("sue", "acme", 2_000_000), ("ada", "", 1_000_000)], Named(movers.Risers));
            Assert.Empty(movers.Fallers);
            // Bob, who did nothing, and ada stayed; gone was never there.
            Assert.Equal([2, 1, 1, 1, 1], movers.Tally.Groups.Select(of => of.Customers));
            Assert.Equal((2, 0), (movers.Tally.Rose, movers.Tally.Fell));
            Assert.Equal(
                [("sue", "acme", 2_000_000)],
                Named((await host.Movers("plan = pro", from, host.Now, null, 1)).Risers)
            );
            // Nothing of all this is known yet.
            var before = await host.Movers("plan = pro", from, host.Now, from, count: 2);
            Assert.Equal([4, 0, 0, 0, 0], before.Tally.Groups.Select(of => of.Customers));
            Assert.Empty(before.Risers);
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }

        static IEnumerable<(string, string, long)> Named(IReadOnlyList<ScoreChange> changes) =>
            changes.Select(change => (change.CustomerId, change.To.AccountId, change.Micros));
    }

    [Fact]
    public async Task Late_events_count_from_when_they_occurred_and_otherwise_the_reasons_are_those_of_the_customer_alone()
    {
        await using var host = await Start();
        await host.Put(ScoreDiary.Model);
        await host.Record(new Sample("ada", At: host.Now), new Sample("bob", At: host.Now));
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Record(
            new Sample("ada", Type: "purchase", At: host.Now),
            new Sample("bob", At: from - (0.5 * Day)),
            new Sample("bob", Type: "complaint", At: host.Now)
        );
        host.Clock.Advance(Day);

        var movers = await host.Movers("", from, host.Now, null, count: 5);

        var alone = (await host.Change("ada", from, host.Now))!;
        var ada = movers.Risers.Concat(movers.Fallers).Single(change => change.CustomerId == "ada");
        Assert.Equal((alone.Micros, alone.From!.Score, alone.To.Score), (ada.Micros, ada.From!.Score, ada.To.Score));
        Assert.Equal(Told(alone.Parts), Told(ada.Parts));
        var bob = Assert.Single(movers.Fallers, change => change.CustomerId == "bob");
        Assert.Equal((await host.Scores(from, "bob"))[0]!.Score, bob.From!.Score);
        Assert.DoesNotContain(bob.Parts, part => part.Kind == ScoreChangeKind.LateEvents);
        Assert.Contains(
            (await host.Change("bob", from, host.Now))!.Parts,
            part => part.Kind == ScoreChangeKind.LateEvents
        );

        static IEnumerable<(ScoreChangeKind, string, long, long)> Told(IReadOnlyList<ScoreChangePart> parts) =>
            parts.Select(part => (part.Kind, part.Subject, part.Events, part.Micros));
    }

    [Fact]
    public async Task Both_instants_are_scored_by_one_version_of_the_model_which_may_be_an_older_one()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Record(new Sample("ada", At: host.Now - (3 * Day)), new Sample("ada", At: host.Now));
        await host.Put(Logins with { TargetPoints = 50 });

        Assert.Equal((3, 2_000_000), await By(""));
        Assert.Equal((2, 1_000_000), await By("engagement@2"));
        Assert.Equal(ScoringError.ModelNotFound, (await Refusal(() => By("none"))).Error);

        async Task<(int, long)> By(string model)
        {
            var movers = await host.Backend.ListMoversAsync(
                new()
                {
                    Workspace = host.Workspace,
                    Model = model,
                    From = host.Now - (2 * Day),
                    To = host.Now,
                    Movers = 1,
                },
                BackendHost.Cancellation
            );
            return (movers.ModelVersion, Assert.Single(movers.Risers).Micros);
        }
    }

    /// <summary>Asserts that movers are what looking at everybody's own two points tells.</summary>
    private static void AssertOf(
        Dictionary<string, (ScorePoint? From, ScorePoint? To)> points,
        Func<ScorePoint, bool> holds,
        SegmentMovers movers
    )
    {
        var belonged = points.Where(of => of.Value.To is { } to && holds(to)).ToList();
        var moved = belonged
            .Where(of => of.Value.From is not null)
            .Select(of =>
                (of.Key, of.Value.From, of.Value.To, Micros: MicrosOf(of.Value.To!) - MicrosOf(of.Value.From!))
            )
            .ToList();
        AssertSame(moved.Where(of => of.Micros > 0), movers.Risers);
        AssertSame(moved.Where(of => of.Micros < 0), movers.Fallers);
        var tally = movers.Tally;
        Assert.Equal(
            (moved.LongCount(of => of.Micros > 0), moved.LongCount(of => of.Micros < 0)),
            (tally.Rose, tally.Fell)
        );
        var began = points.Where(of => of.Value.From is { } from && holds(from)).Select(of => of.Key).ToHashSet();
        var joined = moved.Count(of => !began.Contains(of.Key));
        Assert.Equal(
            [
                moved.Count - joined,
                joined,
                belonged.Count - moved.Count,
                began.Except(belonged.Select(of => of.Key)).Count(),
                0,
            ],
            tally.Groups.Select(of => of.Customers)
        );
        Assert.All(
            movers.Risers.Concat(movers.Fallers),
            change => Assert.Equal(change.Micros, change.Parts.Sum(part => part.Micros))
        );

        static void AssertSame(
            IEnumerable<(string Id, ScorePoint? From, ScorePoint? To, long Micros)> expected,
            IReadOnlyList<ScoreChange> actual
        ) =>
            Assert.Equal(
                expected
                    .OrderByDescending(of => Math.Abs(of.Micros))
                    .ThenBy(of => of.Id, StringComparer.Ordinal)
                    .Take(3)
                    .Select(of => (of.Id, of.Micros, of.From!.Band, of.To!.Band)),
                actual.Select(of => (of.CustomerId, of.Micros, of.From!.Band, of.To.Band))
            );
    }

    private static long MicrosOf(ScorePoint point) => ScoreChange.MicrosOf(point.Score);

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
