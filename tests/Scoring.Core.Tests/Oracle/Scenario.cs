using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests.Oracle;

/// <summary>A workspace, a model, a history in its order of arrival, and an instant to read at.</summary>
public sealed record Scenario(
    WorkspaceSettings Settings,
    ScoringModel Model,
    IReadOnlyList<PastEvent> Events,
    Instant ReadTime
)
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(1995, 3, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly string[] Types = ["visit", "purchase", "message", "complaint", "renewal", "export"];

    public NaiveOracle Oracle => new(Events, [.. Settings.PassiveEventTypes]);

    public Population Populate(IEnumerable<PastEvent>? events = null)
    {
        var population = new Population(Settings);
        foreach (var e in events ?? Events)
        {
            population.Record(e);
        }
        return population;
    }

    public override string ToString() =>
        $"half-lives {string.Join(",", Settings.HalfLivesDays)}; {Model}; read at {ReadTime}\n"
        + string.Join("\n", Model.Terms)
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
        from halfLives in Gen.Elements<int[]>([1], [7, 30], [1, 7, 30], [2, 90, 365], [3650])
        from terms in AnyTerm(halfLives).NonEmptyListOf()
        from target in Gen.Elements(1.0, 80, 100, 12.5)
        from span in Gen.Elements(2.0, 60, 900, 11_000)
        from events in PastEvents(span).NonEmptyListOf()
        from newDays in Gen.Elements(0, 1, 14)
        from dormantDays in Gen.Elements(1, 30, 400)
        from delay in Gen.Elements(0.0, 0.001, 1, 29.5, 400)
        select new Scenario(
            new WorkspaceSettings
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
            },
            ModelOf(terms, target),
            [.. events],
            events.Max(e => e.OccurredAt) + TimeSpan.FromDays(delay)
        );

    private static ScoringModel ModelOf(IEnumerable<Term> terms, double target) =>
        Samples.Model([.. terms.DistinctBy(t => (t.EventType, t.HalfLifeDays, t.Measure))]) with
        {
            TargetPoints = target,
        };

    private static Gen<Term> AnyTerm(int[] halfLives) =>
        from type in Gen.Elements(Types)
        from halfLife in Gen.Elements<int>([0, .. halfLives])
        from measure in Gen.Elements(Measure.Count, Measure.Value)
        from weight in Gen.Elements(1.0, 0.25, -3, 10, 0, 7.125)
        from cap in Gen.Frequency((3, Gen.Constant<double?>(null)), (2, Gen.Elements<double?>(0.5, 2, 10)))
        select new Term(type, halfLife, measure, weight, cap);

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
