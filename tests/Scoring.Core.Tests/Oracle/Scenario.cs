using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests.Oracle;

/// <summary>A workspace, a model, a history in its order of arrival, plans and adjustments by customer, and an instant to read at.</summary>
public sealed record Scenario(
    WorkspaceSettings Settings,
    ScoringModel Model,
    IReadOnlyList<PastEvent> Events,
    IReadOnlyDictionary<string, string> Plans,
    IReadOnlyList<CustomerAdjustment> Adjustments,
    Instant ReadTime
)
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(1995, 3, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly string[] Types = ["visit", "purchase", "message", "complaint", "renewal", "export"];

    public NaiveOracle Oracle => new(Events, [.. Settings.PassiveEventTypes], Plans, Adjustments);

    public Population Populate(IEnumerable<PastEvent>? events = null)
    {
        var population = new Population(Settings);
        foreach (var e in events ?? Events)
        {
            population.Record(e);
        }
        SetPlansAndAdjustments(population);
        return population;
    }

    /// <summary>Gives the customers that a population has their plans and adjustments.</summary>
    public void SetPlansAndAdjustments(Population population)
    {
        foreach (var (customer, adjustment) in Adjustments.Where(of => population.Find(of.CustomerId) >= 0))
        {
            var row = population.Find(customer);
            Assert.True(population.Adjust(row, adjustment.Model, adjustment, adjustment.CreateTime));
        }
        foreach (var (customer, plan) in Plans.Where(plan => population.Find(plan.Key) >= 0))
        {
            population.Upsert(customer, ("plan", plan));
        }
    }

    public override string ToString() =>
        $"half-lives {string.Join(",", Settings.HalfLivesDays)}; {Model}; read at {ReadTime}\n"
        + $"{string.Join(", ", Model.Dimensions)}; "
        + string.Join("\n", Model.Terms)
        + "\n"
        + string.Join(", ", Plans)
        + "\n"
        + string.Join("\n", Adjustments)
        + "\n"
        + string.Join("\n", Events);

    /// <summary>Checks a property of many scenarios, and of ever fewer events of one that fails.</summary>
    public static void ForAll(Action<Scenario> property, int tests = 300) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(80),
            Prop.ForAll(Arb.From(Scenarios(), Smaller), property)
        );

    private static IEnumerable<Scenario> Smaller(Scenario scenario) =>
        scenario.Events.Count <= 1
            ? []
            : scenario.Events.Select(
                (_, i) => scenario with { Events = [.. scenario.Events.Where((_, other) => other != i)] }
            );

    private static Gen<Scenario> Scenarios() =>
        from halfLives in HalfLives()
        from model in Models(halfLives)
        from span in Gen.Elements(2.0, 60, 900, 11_000)
        from events in PastEvents(span).NonEmptyListOf()
        from newDays in Gen.Elements(0, 1, 14)
        from dormantDays in Gen.Elements(1, 30, 400)
        from delay in Gen.Elements(0.0, 0.001, 1, 29.5, 400)
        from plans in Gen.ListOf(Gen.Choose(1, 6).Zip(Gen.Elements("pro", "free", "12", "-1.5e2", "1e400", " 7 ")))
        from adjustments in Gen.ListOf(AnyAdjustment(events.Max(e => e.OccurredAt) + TimeSpan.FromDays(delay)))
        select new Scenario(
            WorkspaceOf(halfLives, newDays, dormantDays),
            model,
            [.. events],
            plans.DistinctBy(p => p.Item1).ToDictionary(p => $"c-{p.Item1}", p => p.Item2),
            [.. adjustments.DistinctBy(of => of.Place)],
            events.Max(e => e.OccurredAt) + TimeSpan.FromDays(delay)
        );

    public static Gen<int[]> HalfLives() => Gen.Elements<int[]>([1], [7, 30], [1, 7, 30], [2, 90, 365], [3650]);

    /// <summary>A workspace in which customers come to an end by a complaint and back by a renewal, which makes nobody active.</summary>
    public static WorkspaceSettings WorkspaceOf(int[] halfLives, int newDays, int dormantDays) =>
        new()
        {
            Name = "default",
            HalfLivesDays = halfLives,
            PassiveEventTypes = ["renewal"],
            Lifecycle = new()
            {
                NewDays = newDays,
                DormantDays = dormantDays,
                EndingEventTypes = ["complaint"],
                ReturningEventTypes = ["renewal", "never"],
            },
        };

    /// <summary>Models with terms of all kinds, dimensions, floor and ceiling.</summary>
    public static Gen<ScoringModel> Models(int[] halfLives) =>
        from terms in AnyTerm(halfLives).NonEmptyListOf()
        from target in Gen.Elements(1.0, 80, 100, 12.5)
        from model in Limited(ModelOf(terms, target))
        select model;

    private static ScoringModel ModelOf(IEnumerable<Term> terms, double target) =>
        Samples.Model([.. terms.Where((term, i) => IsNew(term, terms.Take(i)))]) with
        {
            TargetPoints = target,
        };

    private static Gen<ScoringModel> Limited(ScoringModel model) =>
        from dimensions in Gen.Elements<Dimension[]>(
            [],
            [],
            [new("depth", "Depth", 5.3), new("fit", "")],
            [new("depth", "", 0.53), new("fit", "", 20.7), new("support", "", 1e6)]
        )
        from limits in Gen.Elements<(double?, double?)>(
            (null, null),
            (null, null),
            (-20.3, null),
            (null, 50.9),
            (5.7, 100.3)
        )
        from grace in Gen.Elements(0, 10, 400)
        select model with
        {
            Terms =
            [
                .. model.Terms.Select(
                    (term, i) =>
                        dimensions.Length == 0 ? term : term with { Dimension = dimensions[i % dimensions.Length].Name }
                ),
            ],
            Dimensions = dimensions,
            Floor = limits.Item1,
            Ceiling = limits.Item2,
            GraceDays = grace,
        };

    private static bool IsNew(Term term, IEnumerable<Term> before) =>
        ModelRules
            .Check(Samples.Model([.. before, term]), Samples.Workspace)
            .All(fault => !fault.Message.StartsWith("repeats", StringComparison.Ordinal));

    /// <summary>Of the model or another one; it may have expired, or be about to.</summary>
    private static Gen<CustomerAdjustment> AnyAdjustment(Instant readTime) =>
        from customer in Gen.Choose(1, 6)
        from model in Gen.Elements("engagement", "engagement", "other")
        from kind in Gen.Elements(AdjustmentKind.Add, AdjustmentKind.Set)
        from score in Gen.Elements(0, 12.5, -3, 40, 1e6)
        from daysLeft in Gen.Elements<double?>(null, null, -1, 0, 0.3, 45)
        select new CustomerAdjustment(
            $"c-{customer}",
            new(
                model,
                kind,
                score,
                "because",
                "ada",
                Start,
                daysLeft is { } days ? readTime + TimeSpan.FromDays(days) : null
            )
        );

    private static Gen<Term> AnyTerm(int[] halfLives) =>
        Gen.Frequency(
            (4, EventTerms(halfLives)),
            (1, FeatureTerms()),
            (1, AttributeTerms()),
            (1, ActiveDaysTerms()),
            (1, RecencyTerms(halfLives))
        );

    private static Gen<Term> ActiveDaysTerms() =>
        from window in Gen.Elements(1, 7, 70, 192)
        from weight in Weights()
        from cap in Caps()
        select (Term)new ActiveDaysTerm(window, weight, cap);

    private static Gen<Term> RecencyTerms(int[] halfLives) =>
        from halfLife in Gen.Elements([0, .. halfLives])
        from type in Gen.Elements(null, null, "purchase", "visit", "renewal", "never")
        from weight in Weights()
        from cap in Caps()
        select (Term)
            new RecencyTerm(
                halfLife > 0 ? [] : [new(0, 3), new(1, 2), new(30, -1)],
                halfLife,
                weight,
                halfLife > 0 ? null : cap
            )
            {
                EventType = type,
            };

    private static Gen<Term> FeatureTerms() =>
        from features in Gen.Elements<string[]>(["search"], ["search", "api", "never"], ["reports", "api"])
        from window in Gen.Elements(-1, 0, 1, 7, 30)
        from weight in Weights()
        from cap in Caps()
        select (Term)
            new FeatureTerm(
                features,
                window < 0 ? FeatureMeasure.Uses : FeatureMeasure.Distinct,
                Math.Max(0, window),
                weight,
                cap
            );

    private static Gen<Term> AttributeTerms() =>
        from key in Gen.Elements("plan", "plan", "plan", "country")
        from values in Gen.Elements<string[]>([], ["pro"], ["free", "12"])
        from weight in Weights()
        from cap in Caps()
        select (Term)
            new AttributeTerm(
                key,
                values,
                values.Length == 0 ? [new(-200, -2), new(7, 5), new(13, 1)] : [],
                weight,
                cap
            );

    private static Gen<double> Weights() => Gen.Elements(1.0, 0.25, -3, 10, 0, 7.125);

    private static Gen<double?> Caps() =>
        Gen.Frequency((3, Gen.Constant<double?>(null)), (2, Gen.Elements<double?>(0.5, 2, 10)));

    private static Gen<Term> EventTerms(int[] halfLives) =>
        from type in Gen.Elements(Types)
        from halfLife in Gen.Elements<int>([0, .. halfLives])
        from measure in Gen.Elements(Measure.Count, Measure.Value)
        from weight in Weights()
        from cap in Caps()
        select (Term)new EventTerm(type, halfLife, measure, weight, cap);

    private static Gen<PastEvent> PastEvents(double spanDays) =>
        from customer in Gen.Choose(1, 6)
        from account in Gen.Elements("", "", "acme", "globex")
        from type in Gen.Elements(Types)
        from value in Gen.Frequency((4, Gen.Constant(1.0)), (1, Gen.Elements(0.0, -2.5, 0.001, 1e6, 3, -1, 1 / 3.0)))
        from feature in Gen.Elements("", "", "search", "reports", "api")
        from day in Gen.Choose(0, (int)spanDays)
        from millisecond in Gen.Choose(0, 86_399_999)
        select new PastEvent(
            $"c-{customer}",
            account,
            type,
            value,
            feature,
            Start + TimeSpan.FromDays(day) + TimeSpan.FromMilliseconds(millisecond)
        );
}
