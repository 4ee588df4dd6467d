using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Terms of every kind bring what looking at all that is known of a customer brings.</summary>
public abstract class TermSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    private const int Customers = 60;
    private static readonly string[] Ids = [.. Enumerable.Range(0, Customers).Select(i => $"c{i:00}")];

    private static readonly Term[] Terms =
    [
        new EventTerm("login", 7, Measure.Count, 1, Cap: 2),
        new EventTerm("purchase", 0, Measure.Value, 0.5),
        new FeatureTerm(["export"], FeatureMeasure.Uses, 0, 2, Cap: 3),
        new FeatureTerm(["export", "search", "api"], FeatureMeasure.Distinct, 10, 4),
        new FeatureTerm(["search", "api", "never"], FeatureMeasure.Distinct, 0, -1),
        new AttributeTerm("plan", ["enterprise", "pro"], [], 10),
        new AttributeTerm("seats", [], [new(5, 1), new(50, 2.5)], 8),
        new ActiveDaysTerm(10, 1.5),
        new RecencyTerm([new(0, 6), new(2, 3), new(9, -4)], 0, 1),
        new RecencyTerm([], 7, 5),
        new RecencyTerm([new(0, 4), new(1, 2), new(20, -3)], 0, 1) { EventType = "purchase" },
        new RecencyTerm([], 7, -6) { EventType = "complaint" },
    ];

    private static readonly Dimension[] Dimensions = [new("use", "Use", 9), new("fit", "Fit"), new("all", "", 25)];

    private static readonly ScoringModel Model = Samples.Model() with
    {
        Terms = [.. Terms.Select((term, i) => term with { Dimension = Dimensions[i % Dimensions.Length].Name })],
        Dimensions = Dimensions,
        Floor = 3,
        Ceiling = 40,
        GraceDays = 20,
    };

    [Fact]
    public async Task Scores_and_figures_of_segments_are_those_of_all_that_is_known()
    {
        await using var host = await Start(new() { Name = "default", PassiveEventTypes = ["complaint"] });
        await host.Put(Model);
        var (random, known) = (new Random(5), new Known([], [], []));

        await Change(host, known, random, days: 40);
        await AssertIsWhatIsKnown(host, known);
        await Change(host, known, random, days: 1);
        await AssertIsWhatIsKnown(host, known);
        await host.CrashAndRestartAsync();
        await AssertIsWhatIsKnown(host, known);
        host.Clock.Advance(TimeSpan.FromDays(4));
        await AssertIsWhatIsKnown(host, known);
        await Change(host, known, random, days: 3);
        await AssertIsWhatIsKnown(host, known);
        await host.DisturbAsync(random);
        host.Clock.Advance(TimeSpan.FromDays(100));
        await AssertIsWhatIsKnown(host, known);
    }

    [Fact]
    public async Task A_model_of_terms_without_events_scores_who_was_only_upserted()
    {
        await using var host = await Start();
        await host.Put(Samples.Model() with { Terms = [new AttributeTerm("plan", ["pro"], [], 10)] });
        await host.Upsert(new CustomerUpdate("a", "", [new("plan", "pro")]), new CustomerUpdate("b", "", []));

        Assert.Equal([10, 0], (await host.Scores(null, "a", "b")).Select(score => score!.Points));
        var segment = await host.Segment();
        Assert.Equal((0, 10, 2), (segment.Min, segment.Max, segment.Customers));
        await host.Upsert(new CustomerUpdate("b", "", [new("plan", "pro")]));
        Assert.Equal(10, (await host.Segment()).Min);
    }

    /// <summary>Records and upserts at random, nothing of it before the days that have gone by.</summary>
    private static async Task Change(BackendHost host, Known known, Random random, int days)
    {
        Sample[] events =
        [
            .. Enumerable
                .Range(0, Customers * 4)
                .Select(_ => new Sample(
                    Ids[random.Next(Customers)],
                    Type: Samples.Types[random.Next(3)],
                    Value: random.Next(1, 4),
                    Feature: random.Next(5) switch
                    {
                        0 => "export",
                        1 => "search",
                        2 => "api",
                        3 => "other",
                        _ => "",
                    },
                    At: host.Now - TimeSpan.FromMinutes(random.Next(days * 24 * 60))
                )),
        ];
        CustomerUpdate[] updates =
        [
            .. Ids.Where(_ => random.Next(2) == 0)
                .Select(id => new CustomerUpdate(
                    id,
                    "",
                    [
                        new(
                            "plan",
                            random.Next(4) switch
                            {
                                0 => "pro",
                                1 => "enterprise",
                                2 => "free",
                                _ => "",
                            }
                        ),
                        new("seats", random.Next(4) == 0 ? "many" : $"{random.Next(100)}"),
                    ]
                )),
        ];
        Assert.Empty((await host.Record(events)).Rejections);
        Assert.Empty((await host.Upsert(updates)).Rejections);
        known.Events.AddRange(events);
        foreach (var update in updates)
        {
            known.FirstUpserts.TryAdd(update.CustomerId, host.Now.UtcDay);
            foreach (var (key, value) in update.Attributes)
            {
                known.Attributes[(update.CustomerId, key)] = value;
            }
        }
    }

    private static async Task AssertIsWhatIsKnown(BackendHost host, Known known)
    {
        var query = new SegmentQuery { Workspace = host.Workspace, Percentiles = [0, 50, 100] };
        var segment = await host.Backend.GetSegmentStatisticsAsync(query, BackendHost.Cancellation);
        var scores = (await host.Scores(segment.ReadTime, Ids)).OfType<CustomerScore>().ToList();
        Assert.Equal(segment.Customers, scores.Count);
        foreach (var score in scores)
        {
            Assert.Equal(known.Score(score.CustomerId, segment.ReadTime), score.Score, 1e-9);
            foreach (var term in Model.Terms)
            {
                var part = score.Contributions.SingleOrDefault(part => IsOf(part.Term, term));
                Assert.Equal(known.Quantity(score.CustomerId, term, segment.ReadTime), part?.Quantity ?? 0, 1e-9);
            }
            var cutOff = score.CutOffs.Sum(of => of.Points);
            Assert.Equal(score.Contributions.Sum(part => part.Points) + cutOff, score.Points, 1e-9);
            Assert.Equal(
                Dimensions.Select(of => (of.Name, Math.Round(known.Points(score.CustomerId, of, segment.ReadTime), 6))),
                score.Dimensions.Select(of => (of.Dimension.Name, Math.Round(of.Points, 6)))
            );
            Assert.Equal(segment.ReadTime.UtcDay - known.FirstDay(score.CustomerId) < Model.GraceDays, score.InGrace);
        }
        var lowest = await host.Segment(of =>
            of with
            {
                ReadTime = segment.ReadTime,
                Bottom = 3,
                BottomWithoutChurned = true,
            }
        );
        Assert.Equal(
            scores
                .Where(score => !score.InGrace)
                .OrderBy(score => score.Score)
                .ThenBy(score => score.CustomerId, StringComparer.Ordinal)
                .Take(3)
                .Select(score => (score.CustomerId, score.Score)),
            lowest.Bottom.Select(ranked => (ranked.CustomerId, ranked.Score))
        );
        // To the bit.
        Assert.Equal((scores.Min(s => s.Score), scores.Max(s => s.Score)), (segment.Min, segment.Max));
        Assert.Equal(scores.Average(s => s.Score), segment.Mean!.Value, 1e-9);
        foreach (var band in segment.Bands)
        {
            Assert.Equal(scores.Count(s => s.Band == band.Band), band.Customers);
        }
    }

    // Lists of terms that have been sent are other objects.
    private static bool IsOf(Term one, Term other) =>
        (one, other) switch
        {
            (FeatureTerm a, FeatureTerm b) => a.Features.SequenceEqual(b.Features) && a.WindowDays == b.WindowDays,
            (AttributeTerm a, AttributeTerm b) => a.Key == b.Key,
            (RecencyTerm a, RecencyTerm b) => (a.HalfLifeDays, a.EventType) == (b.HalfLifeDays, b.EventType),
            _ => one == other,
        };

    /// <summary>All that happened, and the attributes there are.</summary>
    private sealed record Known(
        List<Sample> Events,
        Dictionary<(string Customer, string Key), string> Attributes,
        Dictionary<string, int> FirstUpserts
    )
    {
        public double Score(string customer, Instant at) =>
            Math.Clamp(Dimensions.Sum(of => Points(customer, of, at)), Model.Floor!.Value, Model.Ceiling!.Value);

        public double Points(string customer, Dimension dimension, Instant at)
        {
            var points = Model
                .Terms.Where(term => term.Dimension == dimension.Name)
                .Sum(term => term.Weight * Limit(Quantity(customer, term, at), term.Cap));
            return Limit(points, dimension.Cap);
        }

        public int FirstDay(string customer) =>
            Events
                .Where(e => e.Customer == customer)
                .Select(e => e.At!.Value.UtcDay)
                .Append(FirstUpserts.GetValueOrDefault(customer, int.MaxValue))
                .Min();

        public double Quantity(string customer, Term term, Instant at)
        {
            var own = Events.Where(e => e.Customer == customer).ToList();
            var active = own.Where(e => e.Type != "complaint").ToList();
            switch (term)
            {
                case EventTerm of:
                    return own.Where(e => e.Type == of.EventType)
                        .Sum(e =>
                            (of.Measure == Measure.Count ? 1 : e.Value)
                            * (of.HalfLifeDays == 0 ? 1 : Math.Pow(0.5, (at - e.At!.Value).TotalDays / of.HalfLifeDays))
                        );
                case FeatureTerm { Measure: FeatureMeasure.Uses } of:
                    return active.Count(e => of.Features.Contains(e.Feature));
                case FeatureTerm of:
                    return of.Features.Count(feature =>
                        active.Exists(e =>
                            e.Feature == feature
                            && (of.WindowDays == 0 || at.UtcDay - e.At!.Value.UtcDay < of.WindowDays)
                        )
                    );
                case AttributeTerm of:
                    var value = Attributes.GetValueOrDefault((customer, of.Key), "");
                    return of.Values.Contains(value) ? 1
                        : double.TryParse(value, out var number)
                            ? of.Steps.LastOrDefault(step => step.From <= number).Quantity
                        : 0;
                case ActiveDaysTerm of:
                    return active
                        .Select(e => e.At!.Value.UtcDay)
                        .Distinct()
                        .Count(day => at.UtcDay - day < of.WindowDays);
                case RecencyTerm of:
                    var counted = of.EventType is { } type ? own.Where(e => e.Type == type).ToList() : active;
                    if (counted.Count == 0)
                    {
                        return 0;
                    }
                    var newest = counted.Max(e => e.At!.Value.UtcDay);
                    return of.HalfLifeDays > 0
                        ? Math.Pow(0.5, ((at.Ticks / (double)TimeSpan.TicksPerDay) - newest) / of.HalfLifeDays)
                        : of.Steps.LastOrDefault(step => step.From <= at.UtcDay - newest).Quantity;
                default:
                    throw new ArgumentException($"What is {term}?", nameof(term));
            }
        }

        private static double Limit(double value, double? cap) =>
            cap is { } most ? Math.Max(-most, Math.Min(most, value)) : value;
    }
}
