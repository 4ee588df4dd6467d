using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Why the mean score of a segment changed.</summary>
public abstract class SegmentChangeSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Filters that the points of the members' histories can be held to.</summary>
    private static readonly (string Filter, Func<ScorePoint, bool> Holds)[] Segments =
    [
        ("", _ => true),
        ("score < 4", point => point.Score < 4),
        ("band = high", point => point.Band == "high"),
        ("score < -1000", _ => false),
    ];

    /// <summary>Counts logins for ever, one point each, ten at the most.</summary>
    private static ScoringModel Logins { get; } =
        Samples.Model() with
        {
            Terms = [new EventTerm("login", 0, Measure.Count, 1, Cap: 10), new AttributeTerm("plan", ["pro"], [], 3)],
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Parts_are_those_of_all_members_added_up_and_make_the_difference_of_the_means(int seed)
    {
        await using var host = await Start(variant: seed);
        await host.Put(ScoreDiary.Model);
        var random = new Random(seed);
        var diary = new ScoreDiary(host, random);
        var start = host.Now;
        for (var step = 0; step < 3; step++)
        {
            await host.Record([.. Enumerable.Range(0, 20).Select(i => Event(host, random, (step * 4) + 12))]);
            await diary.KeepAsync(steps: 4);
        }
        var (early, middle) = (start + ((host.Now - start) / 4), start + ((host.Now - start) / 2));

        foreach (
            var (from, to, knownAt) in new (Instant, Instant, Instant?)[]
            {
                (middle, host.Now, null),
                (early, host.Now, middle),
            }
        )
        {
            var points = new Dictionary<string, (ScorePoint? From, ScorePoint? To)>();
            foreach (var customer in diary.Customers.Concat(Enumerable.Range(0, 30).Select(i => $"c-{i}")))
            {
                var known = (await host.History(customer, knownAt, from, to))?.Points ?? [];
                points[customer] = (known.FirstOrDefault(p => p.Time == from), known.FirstOrDefault(p => p.Time == to));
            }
            // Each customer's own parts, by the same clock.
            var movers = await host.Movers("", from, to, knownAt, count: 100);
            var changes = movers.Risers.Concat(movers.Fallers).ToDictionary(of => of.CustomerId);
            foreach (var (filter, holds) in Segments)
            {
                AssertOf(points, holds, changes, await host.SegmentChange(filter, from, to, knownAt));
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task Who_came_and_went_adds_what_it_is_above_or_below_those_who_stayed()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Upsert(
            new CustomerUpdate("ada", "", [new("plan", "pro")]),
            new CustomerUpdate("bob", "", [new("plan", "pro")]),
            new CustomerUpdate("joe", "", [new("plan", "pro")]),
            new CustomerUpdate("sue", "", [new("plan", "free")])
        );
        await host.Record([.. Enumerable.Range(0, 12).Select(_ => new Sample("bob", At: host.Now))]);
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Record(
            new Sample("ada", At: host.Now),
            new Sample("ada", At: host.Now),
            new Sample("new", At: host.Now),
            new Sample("joe", At: host.Now)
        );
        await host.Upsert(
            new CustomerUpdate("sue", "", [new("plan", "pro")]),
            new CustomerUpdate("new", "", [new("plan", "pro")]),
            new CustomerUpdate("bob", "", [new("plan", "free")])
        );
        await host.Merge("ada", "joe");
        host.Clock.Advance(Day);

        for (var restarted = false; ; restarted = true)
        {
            // Ada 3, bob 13 and joe 3; then ada 3 + 2 + 1 of joe, sue 3, new 4.
            var change = await host.SegmentChange("plan = pro", from, host.Now, null);
            Assert.Equal((6_333_333, 4_333_333), (change.FromMicros, change.ToMicros));
            Assert.Equal((3, 3), (change.From.Customers, change.To.Customers));
            Assert.Equal(3_000_000, change.MicrosOf(SegmentGroup.Stayed));
            // 10 above the 3 of those who stayed, a third of all; who was merged was like them.
            Assert.Equal(-3_333_333, change.MicrosOf(SegmentGroup.Left));
            Assert.Equal(0, change.MicrosOf(SegmentGroup.Merged));
            // 3 below the 6 of those who stayed, and 2.
            Assert.Equal(-1_000_000, change.MicrosOf(SegmentGroup.Joined));
            Assert.Equal(-666_667, change.MicrosOf(SegmentGroup.New));
            Assert.Equal(
                [(ScoreChangeKind.Events, "login", 1, 2, 2_000_000), (ScoreChangeKind.Merge, "", 1, 1, 1_000_000)],
                change.Parts.Select(of => (of.Part.Kind, of.Part.Subject, of.Part.Customers, of.Part.Events, of.Micros))
            );
            if (restarted)
            {
                return;
            }
            await host.CrashAndRestartAsync();
        }
    }

    [Fact]
    public async Task The_mean_of_nobody_counts_as_0()
    {
        await using var host = await Start();
        await host.Put(Logins);
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro")]));
        host.Clock.Advance(Day);
        var from = host.Now;
        host.Clock.Advance(Day);
        await host.Upsert(new CustomerUpdate("ada", "", [new("plan", "free")]));
        host.Clock.Advance(Day);

        var left = await host.SegmentChange("plan = pro", from, host.Now, null);
        var joined = await host.SegmentChange("plan = free", from, host.Now, null);
        var nobody = await host.SegmentChange("plan = none", from, host.Now, null);

        Assert.Equal((3_000_000, 0, -3_000_000), (left.FromMicros, left.ToMicros, left.MicrosOf(SegmentGroup.Left)));
        Assert.Equal((0, 0, 0), (joined.FromMicros, joined.ToMicros, joined.MicrosOf(SegmentGroup.Joined)));
        Assert.Equal((0, 0), (nobody.From.Customers, nobody.To.Customers));
        Assert.All([left, joined, nobody], change => Assert.Empty(change.Parts));
    }

    /// <summary>Asserts that a change is what looking at everybody's own two points and parts tells.</summary>
    private static void AssertOf(
        Dictionary<string, (ScorePoint? From, ScorePoint? To)> points,
        Func<ScorePoint, bool> holds,
        Dictionary<string, ScoreChange> changes,
        SegmentChange change
    )
    {
        var began = points.Where(of => of.Value.From is { } point && holds(point)).ToList();
        var ended = points.Where(of => of.Value.To is { } point && holds(point)).ToList();
        var stayed = began.Select(of => of.Key).Intersect(ended.Select(of => of.Key)).ToList();
        Assert.Equal(MeanOf(began.Select(of => of.Value.From!)), change.FromMicros);
        Assert.Equal(MeanOf(ended.Select(of => of.Value.To!)), change.ToMicros);
        var groups = Enum.GetValues<SegmentGroup>();
        Assert.Equal(change.ToMicros - change.FromMicros, groups.Sum(change.MicrosOf));
        Assert.Equal(change.MicrosOf(SegmentGroup.Stayed), change.Parts.Sum(of => of.Micros));

        var (before, after) = (
            MeanOf(stayed.Select(id => points[id].From!)),
            MeanOf(stayed.Select(id => points[id].To!))
        );
        Near(after - before, change.MicrosOf(SegmentGroup.Stayed));
        Near(before - change.FromMicros, change.MicrosOf(SegmentGroup.Left));
        Near(change.ToMicros - after, change.MicrosOf(SegmentGroup.Joined) + change.MicrosOf(SegmentGroup.New));
        Assert.Equal(ended.LongCount(of => of.Value.From is null), change.Tally[SegmentGroup.New].Customers);

        var parts = stayed
            .SelectMany(id => changes.GetValueOrDefault(id)?.Parts ?? [])
            .GroupBy(part => (part.Kind, part.Subject, WeightOf(part.Term)))
            .ToDictionary(
                of => of.Key,
                of => (of.LongCount(), of.Sum(part => part.Events), of.Sum(part => part.Micros))
            );
        foreach (var (part, micros) in change.Parts)
        {
            var (customers, events, sum) = parts[KeyOf(part)];
            Assert.Equal((customers, events, (Int128)sum), (part.Customers, part.Events, part.Micros));
            Near(sum / stayed.Count, micros);
        }
        Assert.All(
            parts.Keys.Except(change.Parts.Select(of => KeyOf(of.Part))),
            key => Near(0, parts[key].Item3 / stayed.Count)
        );

        (ScoreChangeKind, string, string) KeyOf(SegmentPart part) =>
            (part.Kind, part.Subject, WeightOf(part.Term < 0 ? null : change.Model.Terms[part.Term]));

        static void Near(long expected, long actual) => Assert.InRange(actual, expected - 2, expected + 2);
    }

    /// <summary>What tells the terms of the model from each other.</summary>
    private static string WeightOf(Term? term) => term is null ? "" : $"{term.GetType().Name} {term.Weight}";

    private static long MeanOf(IEnumerable<ScorePoint> points)
    {
        long[] micros = [.. points.Select(point => ScoreChange.MicrosOf(point.Score))];
        return micros.Length == 0 ? 0 : (long)Math.Round((decimal)micros.Sum() / micros.Length);
    }

    /// <summary>One of the last days, or one that comes weeks late, of some of the first customers of a crowd.</summary>
    private static Sample Event(BackendHost host, Random random, int crowd) =>
        new(
            $"c-{random.Next(crowd)}",
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(random.Next(random.Next(3) == 0 ? 60_000 : 1_000))
        );
}
