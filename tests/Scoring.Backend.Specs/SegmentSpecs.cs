using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Figures of many customers are what asking for each of them gives.</summary>
public abstract class SegmentSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData("")]
    [InlineData("plan = \"pro\"", "plan", "pro")]
    [InlineData("plan = \"pro\" AND country = \"nl\"", "plan", "pro", "country", "nl")]
    [InlineData("plan = \"nobody's\"", "plan", "nobody's")]
    public async Task Statistics_are_those_of_the_members_scores(string filter, params string[] attributes)
    {
        await using var host = await Start();
        var customers = await Populate(host, 300);

        var segment = await host.Segment(query =>
            query with
            {
                Filter = Filter.Parse(filter),
                Percentiles = [0, 50, 90, 100],
                Histogram = new HistogramSpec(0, 100, 10),
                Top = 5,
                Bottom = 3,
                EventTotals = true,
            }
        );

        CustomerScore[] members =
        [
            .. (await host.Scores(segment.ReadTime, customers)).Where(score => Belongs(score!, attributes))!,
        ];
        double[] scores = [.. members.Select(m => m.Score).Order()];
        Assert.Equal(members.Length, segment.Customers);
        Equal(scores.Length == 0 ? null : scores.Average(), segment.Mean);
        Equal(scores.Length == 0 ? null : Deviation(scores), segment.StandardDeviation);
        Assert.Equal(scores.Length == 0 ? [] : [0, 50, 90, 100], segment.Percentiles.Select(p => p.Rank));
        Assert.All(segment.Percentiles, p => Equal(At(scores, p.Rank), p.Score));
        Assert.Equal(
            members
                .OrderByDescending(m => m.Score)
                .ThenBy(m => m.CustomerId, StringComparer.Ordinal)
                .Take(5)
                .Select(Place),
            segment.Top.Select(Place)
        );
        Assert.Equal(
            members.OrderBy(m => m.Score).ThenBy(m => m.CustomerId, StringComparer.Ordinal).Take(3).Select(Place),
            segment.Bottom.Select(Place)
        );
        Assert.Equal(members.Count(m => m.Band == "high"), segment.Bands.Single(b => b.Band == "high").Customers);
        Assert.Equal(members.Length, segment.Histogram.Sum(b => b.Customers));
        Assert.Equal(
            members
                .SelectMany(m => m.Contributions.Where(c => c.Term is EventTerm { HalfLifeDays: 0 }))
                .Sum(c => c.Quantity),
            segment.EventTotals.Sum(t => t.Count)
        );
    }

    [Fact]
    public async Task A_filter_that_matches_nobody_names_what_was_perhaps_meant()
    {
        (string Filter, string Hints)[] expected =
        [
            ("plan = \"pro\"", "0 plan pro: Pro"),
            ("plan = \"Entreprise\"", "0 plan Entreprise: Enterprise"),
            ("plan = \"gold\"", "0 plan gold: Enterprise, Pro, free"),
            ("Plan = \"pro\"", "0 Plan? plan pro: Pro"),
            ("plna = \"Pro\"", "0 plna? plan Pro: "),
            ("tier = \"1\"", "0 tier? city, plan 1: "),
            ("plan = \"Pro\" AND city = \"delf\" AND plan = \"FREE\"", "1 city delf: Delft, 2 plan FREE: free"),
            ("last_event(purchas) < 3d", "0 purchas? purchase : "),
            // Two that only share a customer with others, and one that somebody has.
            ("plan = \"free\" AND city = \"Delft\"", ""),
            ("plan = \"free\"", ""),
        ];
        await using var host = await Start();
        await host.Upsert(
            new CustomerUpdate("c1", "", [new("plan", "Pro"), new("city", "Delft")]),
            new CustomerUpdate("c2", "", [new("plan", "free"), new("gone", "x")]),
            new CustomerUpdate("c3", "", [new("plan", "Enterprise"), new("gone", "x")])
        );
        await host.Record(new Sample("c1", Type: "purchase"));
        // What nobody has any more is not what was meant.
        await host.Upsert(
            new CustomerUpdate("c2", "", [new("gone", "")]),
            new CustomerUpdate("c3", "", [new("gone", "")])
        );

        await AssertHints();
        await host.CrashAndRestartAsync();
        await AssertHints();

        async Task AssertHints()
        {
            foreach (var (filter, hints) in expected)
            {
                var segment = await host.Segment(query => query with { Filter = Filter.Parse(filter) });
                Assert.Equal((filter, hints), (filter, string.Join(", ", segment.FilterHints.Select(Shown))));
            }
        }

        static string Shown(FilterHint hint) =>
            $"{hint.Clause} {hint.Key}{(hint.KeyKnown ? "" : "? " + string.Join(", ", hint.SuggestedKeys))} {hint.Value}: {string.Join(", ", hint.SuggestedValues)}";
    }

    [Fact]
    public async Task A_lifecycle_tells_who_can_still_be_kept()
    {
        await using var host = await Start(
            new()
            {
                Name = "default",
                PassiveEventTypes = ["cancelled"],
                Lifecycle = new()
                {
                    NewDays = 5,
                    DormantDays = 10,
                    EndingEventTypes = ["cancelled"],
                    ReturningEventTypes = ["returned"],
                },
            }
        );
        Instant Ago(int days) => host.Now - TimeSpan.FromDays(days);
        await host.Record(
            new Sample("new", At: Ago(4)),
            new Sample("active", At: Ago(20)),
            new Sample("active", At: Ago(9)),
            new Sample("dormant", At: Ago(10)),
            new Sample("churned", At: Ago(10)),
            new Sample("churned", Type: "cancelled", At: Ago(8)),
            new Sample("back", At: Ago(30)),
            new Sample("back", Type: "returned", At: Ago(6)),
            new Sample("back", Type: "cancelled", At: Ago(7))
        );

        await AssertLifecycles();
        await host.DisturbAsync(new Random(3));
        await host.CrashAndRestartAsync();
        await AssertLifecycles();

        async Task AssertLifecycles()
        {
            string[] ids = ["new", "active", "dormant", "churned", "back"];
            Lifecycle[] stages =
            [
                Lifecycle.New,
                Lifecycle.Active,
                Lifecycle.Dormant,
                Lifecycle.Churned,
                Lifecycle.Active,
            ];
            Assert.Equal(stages, (await host.Scores(null, ids)).Select(s => s!.Lifecycle));
            var segment = await host.Segment(query => query with { Bottom = 5 });
            Assert.Equal([1, 2, 1, 1], segment.Lifecycles.Select(l => l.Customers));
            Assert.Equal(
                ids.Zip(stages).OrderBy(c => c.First),
                segment.Bottom.Select(r => (r.CustomerId, r.Lifecycle)).OrderBy(c => c.CustomerId)
            );
            var kept = await host.Segment(query => query with { Bottom = 5, BottomWithoutChurned = true });
            Assert.Equal(segment.Bottom.Where(r => r.Lifecycle != Lifecycle.Churned), kept.Bottom);
        }
    }

    [Fact]
    public async Task Activity_counts_who_had_events_on_the_days_that_end_with_the_read_time()
    {
        await using var host = await Start(new() { Name = "default", PassiveEventTypes = ["complaint"] });
        await host.Record(
            new Sample("today"),
            new Sample("this week", At: host.Now - TimeSpan.FromDays(6)),
            new Sample("this week", At: host.Now - TimeSpan.FromDays(7)),
            new Sample("this month", At: host.Now - TimeSpan.FromDays(29)),
            new Sample("the day before", At: host.Now - TimeSpan.FromDays(30)),
            new Sample("long ago", At: host.Now - TimeSpan.FromDays(31)),
            new Sample("passive", Type: "complaint")
        );

        var segment = await host.Segment();

        // Four active days of three customers lie in the 30 complete days.
        Assert.Equal(new Activity(1, 2, 3, CompleteMonthlyActive: 3, CompleteActiveDays: 4), segment.Activity);
        Assert.Equal((4 / 30.0 / 3, 1 / 3.0), (segment.Activity!.Stickiness, segment.Activity.StickinessToday));
        Assert.Equal(6, segment.Customers);
    }

    [Fact]
    public async Task A_customer_is_where_its_newest_attributes_put_it()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "free"), new("country", "nl")]));
        Assert.Equal((1, 0), await InPlans(host));

        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "pro")]));
        Assert.Equal((0, 1), await InPlans(host));

        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "")]));
        Assert.Equal((0, 0), await InPlans(host));
        Assert.Equal(1, (await host.Segment()).Customers);
    }

    [Fact]
    public async Task A_segment_is_read_now_or_at_its_newest_event_where_that_lies_ahead()
    {
        await using var host = await Start();
        await host.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}"))]);
        Assert.Equal(host.Now, (await host.Segment()).ReadTime);

        var ahead = host.Now + TimeSpan.FromMinutes(3);
        await host.Record(new Sample("c3", At: ahead));

        var segment = await host.Segment();
        Assert.Equal((ahead, 20), (segment.ReadTime, segment.Customers));
    }

    [Fact]
    public async Task Statistics_are_the_same_after_a_crash()
    {
        await using var host = await Start();
        await Populate(host, 200);
        var before = await host.Segment(query => query with { Top = 10, EventTotals = true });

        await host.CrashAndRestartAsync();

        var after = await host.Segment(query => query with { Top = 10, EventTotals = true });
        Assert.Equal(before.Customers, after.Customers);
        Equal(before.Mean, after.Mean);
        Equal(before.StandardDeviation, after.StandardDeviation);
        Assert.Equal(before.Top.Select(Place), after.Top.Select(Place));
        Assert.Equal(before.EventTotals, after.EventTotals);
        Assert.Equal((before.Activity, before.EngagementIndex), (after.Activity, after.EngagementIndex));
    }

    [Theory]
    [InlineData("", 100, "plan")]
    [InlineData("", 2, "plan", "country")]
    [InlineData("score > 20", 3, "country", "plan")]
    [InlineData("plan = pro", 100, "nobody's")]
    [InlineData("plan = \"nobody's\"", 100, "plan")]
    public async Task Groups_are_those_of_the_members_values(string filter, int most, params string[] by)
    {
        await using var host = await Start();
        var customers = await Populate(host, 300);

        var found = await host.Backend.GroupSegmentAsync(
            new()
            {
                Workspace = host.Workspace,
                Filter = Filter.Parse(filter),
                By = by,
                Most = most,
            },
            BackendHost.Cancellation
        );

        var scores = (await host.Scores(found.ReadTime, customers)).OfType<CustomerScore>();
        if (filter.StartsWith("score", StringComparison.Ordinal))
        {
            scores = scores.Where(c => c.Score > 20);
        }
        else if (filter.Length > 0)
        {
            scores = scores.Where(c =>
                c.Attributes.Contains(new("plan", "pro")) && !filter.Contains("nobody", StringComparison.Ordinal)
            );
        }
        var expected = scores
            .GroupBy(c =>
                string.Join('|', by.Select(key => c.Attributes.FirstOrDefault(a => a.Key == key).Value ?? ""))
            )
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToList())
            .ToList();
        Assert.Equal(expected.Count, found.Groups.Count + found.OtherGroups);
        Assert.Equal(expected.Sum(group => group.Count), found.Customers);
        Assert.Equal(Math.Min(most, expected.Count), found.Groups.Count);
        Assert.All(
            found.Groups,
            (group, i) =>
            {
                Assert.Equal(
                    by.Select(key => expected[i][0].Attributes.FirstOrDefault(a => a.Key == key).Value ?? ""),
                    group.Values
                );
                AssertGroup(expected[i], group);
            }
        );
        if (expected.Count > most)
        {
            AssertGroup([.. expected.Skip(most).SelectMany(group => group)], found.Other!);
        }
        else
        {
            Assert.Null(found.Other);
        }

        static void AssertGroup(List<CustomerScore> members, SegmentGroup group)
        {
            Assert.Equal(members.Count, group.Customers);
            Equal(members.Average(m => m.Score), group.Mean);
            Equal(Deviation([.. members.Select(m => m.Score)]), group.StandardDeviation);
            Assert.Equal((members.Min(m => m.Score), members.Max(m => m.Score)), (group.Min, group.Max));
            Assert.All(group.Bands, band => Assert.Equal(members.Count(m => m.Band == band.Band), band.Customers));
            Assert.Equal(
                100.0 * members.Count(m => m.Band == "high") / members.Count,
                group.EngagementIndex.Engaged,
                Tolerance
            );
            Assert.All(
                group.Lifecycles,
                stage => Assert.Equal(members.Count(m => m.Lifecycle == stage.Lifecycle), stage.Customers)
            );
        }
    }

    [Fact]
    public async Task What_tells_two_segments_apart_is_what_counting_their_members_finds()
    {
        await using var host = await Start();
        var customers = await Populate(host, 300);
        await host.Upsert([.. customers.Select((id, i) => new CustomerUpdate(id, "", [new("name", $"{i}")]))]);
        await host.Record([
            .. customers.Where((_, i) => i % 3 == 0 || i % 10 == 1).Select(id => new Sample(id, Type: "invoice")),
            .. customers.Where((_, i) => i % 3 != 0).Select(id => new Sample(id, Feature: "alerts")),
            .. customers.Select(id => new Sample(id, Feature: "reports")),
        ]);

        var contrast = await host.Backend.ContrastSegmentsAsync(
            new()
            {
                Workspace = host.Workspace,
                Filter = Filter.Parse("plan = pro"),
                Other = Filter.Parse("plan = free"),
                Most = 100,
            },
            BackendHost.Cancellation
        );

        // Purchases, complaints, countries and the first events of the others differ by chance alone; names tell customers apart, not segments.
        Assert.Equal((100, 200), (contrast.Customers, contrast.OtherCustomers));
        Assert.Equal(
            [
                (new Trait(TraitKind.Attribute, "plan", "free"), 0, 200),
                (new Trait(TraitKind.Attribute, "plan", "pro"), 100, 0),
                (new Trait(TraitKind.Feature, "alerts"), 0, 200),
                (new Trait(TraitKind.EventType, "invoice"), 100, 20),
            ],
            contrast
                .Traits.OrderBy(t => t.Trait.Kind == TraitKind.EventType)
                .ThenByDescending(t => t.Trait.Kind)
                .ThenBy(t => t.Trait.Value, StringComparer.Ordinal)
                .Select(t => (t.Trait, t.Holders, t.OtherHolders))
        );
        Assert.All(
            contrast.Traits,
            t => Assert.Equal(ShareDifference.Of(t.Holders, 100, t.OtherHolders, 200, contrast.LookedAt), t.Shares)
        );
        Assert.Equal(
            contrast.Traits.OrderByDescending(t => t.Shares.Least).Select(t => t.Trait),
            contrast.Traits.Select(t => t.Trait)
        );
    }

    [Fact]
    public async Task A_preview_is_what_putting_the_model_would_give_and_changes_nothing()
    {
        await using var host = await Start();
        var customers = await Populate(host, 300);
        var candidate = Samples.Model("other") with
        {
            Terms =
            [
                new EventTerm("purchase", 0, Measure.Value, 3, Cap: 4),
                new EventTerm("login", 7, Measure.Count, -2),
            ],
            TargetPoints = 10,
            Bands =
            [
                new Band("none", "", Engagement.NotEngaged, 0, UpperEndIncluded: true),
                new Band("some", "", Engagement.SomewhatEngaged, 90, UpperEndIncluded: false),
                new Band("all", "", Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };
        var query = new PreviewQuery
        {
            Workspace = host.Workspace,
            Candidate = candidate,
            Filter = Filter.Parse("NOT plan = free"),
            Movers = 7,
            Segments = [Filter.Parse("country = nl"), Filter.Parse("score < 50"), Filter.Parse("plan = free")],
        };

        var preview = await host.Backend.PreviewModelAsync(query, BackendHost.Cancellation);

        Assert.Equal(
            ["engagement"],
            (await host.Backend.ListModelsAsync(host.Workspace, BackendHost.Cancellation)).Select(m => m.Name)
        );
        await host.Put(candidate);
        var readTime = preview.Current.ReadTime;
        var before = await Members(model: "");
        var after = await Members(model: "other");
        Assert.Equal(("engagement", "other"), (preview.Current.ModelName, preview.Candidate.ModelName));
        var moves = before.Zip(after).Select(c => new ScoreMove(c.First, c.Second)).ToList();
        await AssertPreview(moves, query.Filter, preview);
        await AssertPreview(
            moves.Where(m => m.Current.Attributes.Contains(new("country", "nl"))),
            query.SegmentQueries()[0].Filter,
            preview.Segments[0]
        );
        Assert.InRange(moves.Count(m => m.Current.Score < 50), 1, moves.Count - 1);
        await AssertPreview(
            moves.Where(m => m.Current.Score < 50),
            query.SegmentQueries()[1].Filter,
            preview.Segments[1]
        );
        Assert.Equal(
            (0, 0, 0),
            (
                preview.Segments[2].Current.Customers,
                preview.Segments[2].Candidate.Customers,
                preview.Segments[2].Migration.Sum(row => row.Sum())
            )
        );
        AssertMoves(moves.Where(m => m.Difference > 0), preview.Risen);
        AssertMoves(moves.Where(m => m.Difference < 0), preview.Fallen);

        async Task<CustomerScore[]> Members(string model) =>
            [
                .. (
                    await host.Backend.GetScoresAsync(
                        new ScoreQuery(host.Workspace, customers, model, readTime),
                        BackendHost.Cancellation
                    )
                )
                    .OfType<CustomerScore>()
                    .Where(c => !c.Attributes.Contains(new("plan", "free"))),
            ];

        async Task AssertPreview(IEnumerable<ScoreMove> customers, Filter filter, SegmentPreview told)
        {
            ScoreMove[] both = [.. customers];
            AssertSide([.. both.Select(m => m.Current)], told.Current);
            AssertSide([.. both.Select(m => m.Candidate)], told.Candidate);
            string[] bands = ["low", "high"];
            string[] candidateBands = ["none", "some", "all"];
            Assert.Equal(
                bands.Select(from =>
                    candidateBands.Select(to => both.LongCount(m => m.Current.Band == from && m.Candidate.Band == to))
                ),
                told.Migration
            );
            var stored = await host.Segment(asked => asked with { Filter = filter, ReadTime = readTime });
            foreach (var side in (SegmentStatistics[])[told.Current, told.Candidate])
            {
                Assert.Equal(stored.Activity, side.Activity);
                Assert.Equal(stored.Lifecycles, side.Lifecycles);
            }
        }

        static void AssertSide(CustomerScore[] members, SegmentStatistics statistics)
        {
            Assert.Equal(members.Length, statistics.Customers);
            Equal(members.Average(m => m.Score), statistics.Mean);
            Equal(
                At([.. members.Select(m => m.Score).Order()], 50),
                statistics.Percentiles.Single(p => p.Rank == 50).Score
            );
            Assert.All(statistics.Bands, band => Assert.Equal(members.Count(m => m.Band == band.Band), band.Customers));
        }

        static void AssertMoves(IEnumerable<ScoreMove> all, IReadOnlyList<ScoreMove> told)
        {
            var expected = all.OrderByDescending(m => Math.Abs(m.Difference))
                .ThenBy(m => m.Current.CustomerId, StringComparer.Ordinal)
                .Take(7)
                .ToList();
            Assert.Equal(7, expected.Count);
            Assert.Equal(
                expected.Select(m => (m.Current.CustomerId, m.Difference)),
                told.Select(m => (m.Current.CustomerId, m.Difference))
            );
            Assert.Equivalent(expected.Select(m => m.Current), told.Select(m => m.Current), strict: true);
            Assert.Equivalent(
                expected.Select(m => m.Candidate.Contributions),
                told.Select(m => m.Candidate.Contributions),
                strict: true
            );
        }
    }

    [Fact]
    public async Task Segments_side_by_side_are_what_each_is_alone_as_of_one_instant()
    {
        await using var host = await Start();
        await Populate(host, 200);
        var query = new SegmentQuery { Workspace = host.Workspace, Percentiles = [50] };
        string[] filters = ["plan = pro", "plan = free AND country = nl", "plan = nobodys", ""];

        var together = await host.Backend.CompareSegmentsAsync(
            [.. filters.Select(filter => query with { Filter = Filter.Parse(filter) })],
            BackendHost.Cancellation
        );

        Assert.Single(together.Select(of => of.ReadTime).Distinct());
        foreach (var (filter, found) in filters.Zip(together))
        {
            var alone = await host.Segment(_ =>
                query with
                {
                    Filter = Filter.Parse(filter),
                    ReadTime = found.ReadTime,
                }
            );
            Assert.Equal((alone.Customers, alone.Min, alone.Max), (found.Customers, found.Min, found.Max));
            Equal(alone.Mean, found.Mean);
            Equal(alone.StandardDeviation, found.StandardDeviation);
            Assert.Equal(alone.Percentiles, found.Percentiles);
            Assert.Equal(alone.FilterHints.Count, found.FilterHints.Count);
        }
    }

    private static async Task<string[]> Populate(BackendHost host, int count)
    {
        var random = new Random(count);
        string[] customers = [.. Enumerable.Range(0, count).Select(i => $"c{i:000}")];
        await host.Upsert([
            .. customers.Select(
                (id, i) =>
                    new CustomerUpdate(
                        id,
                        $"a{i % 9}",
                        [new("plan", i % 3 == 0 ? "pro" : "free"), new("country", i % 2 == 0 ? "nl" : "de")]
                    )
            ),
        ]);
        await host.Record([
            .. Enumerable
                .Range(0, count * 8)
                .Select(_ => new Sample(
                    // The cube makes few customers have most events.
                    customers[(int)(Math.Pow(random.NextDouble(), 3) * count)],
                    Type: Samples.Types[random.Next(3)],
                    Value: random.Next(1, 4),
                    At: host.Now - TimeSpan.FromHours(random.Next(24 * 60))
                )),
        ]);
        return customers;
    }

    private static bool Belongs(CustomerScore score, string[] attributes) =>
        attributes.Chunk(2).All(pair => score.Attributes.Contains(new(pair[0], pair[1])));

    private static async Task<(long Free, long Pro)> InPlans(BackendHost host) =>
        (await In(host, "free"), await In(host, "pro"));

    private static async Task<long> In(BackendHost host, string plan) =>
        (await host.Segment(query => query with { Filter = Filter.Parse($"plan = \"{plan}\"") })).Customers;

    private static double Deviation(double[] scores) =>
        Math.Sqrt(scores.Average(s => Math.Pow(s - scores.Average(), 2)));

    private static double At(double[] ordered, double rank)
    {
        var place = rank / 100 * (ordered.Length - 1);
        var (below, above) = (ordered[(int)Math.Floor(place)], ordered[(int)Math.Ceiling(place)]);
        return below + ((above - below) * (place - Math.Floor(place)));
    }

    private static (string, string, double) Place(CustomerScore score) =>
        (score.CustomerId, score.AccountId, Math.Round(score.Score, 9));

    private static (string, string, double) Place(RankedCustomer ranked) =>
        (ranked.CustomerId, ranked.AccountId, Math.Round(ranked.Score, 9));

    private static void Equal(double? expected, double? actual)
    {
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, Math.Max(Tolerance, Math.Abs(expected ?? 0) * Tolerance));
    }
}
