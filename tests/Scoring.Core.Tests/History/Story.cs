using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Adjustments;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using PastEvent = Scoring.Core.Tests.Oracle.PastEvent;

namespace Scoring.Core.Tests.History;

/// <summary>What happens to a customer, in the order of receipt.</summary>
/// <param name="Settings">The workspace.</param>
/// <param name="Model">A model.</param>
/// <param name="Steps">What is received.</param>
/// <param name="Seed">What else is drawn of a story: the same number gives the same.</param>
internal sealed record Story(WorkspaceSettings Settings, ScoringModel Model, IReadOnlyList<StoryStep> Steps, int Seed)
{
    public const string Customer = "c-1";

    public static readonly Instant Start = Scenario.Start;

    /// <summary>No clock is further ahead.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>When the last step was received and has happened by all clocks.</summary>
    public Instant End => Start + TimeSpan.FromSeconds(Steps.Sum(step => 1L + step.Gap)) + Skew;

    /// <summary>All events, those of customers that are merged among them, as an oracle takes them.</summary>
    public IReadOnlyList<PastEvent> AllEvents => [.. Tell().SelectMany(of => of.Step.EventsAt(of.ReceivedAt))];

    /// <summary>The steps and when they are received: events at whole seconds, changes between them.</summary>
    public IEnumerable<(StoryStep Step, Instant ReceivedAt)> Tell()
    {
        var now = Start;
        foreach (var step in Steps)
        {
            now += TimeSpan.FromSeconds(step.Gap + 1);
            yield return (step, step is EventStep or PauseStep ? now : now + TimeSpan.FromMilliseconds(500));
        }
    }

    /// <summary>The customer, with whom all of it has happened.</summary>
    public RecordedCustomer Play()
    {
        var customer = new RecordedCustomer(Settings, Customer);
        foreach (var (step, at) in Tell())
        {
            step.Play(customer, Settings, at);
        }
        return customer;
    }

    /// <summary>Instants of the story and somewhat later, rising.</summary>
    public IReadOnlyList<Instant> Times(int count, Instant? first = null)
    {
        var random = new Random(Seed);
        var start = first ?? Start - TimeSpan.FromDays(1);
        var span = End + TimeSpan.FromDays(random.Next(40)) - start;
        return [.. Enumerable.Range(0, count).Select(_ => start + (span * random.NextDouble())).Order()];
    }

    public override string ToString() =>
        $"{string.Join(",", Settings.HalfLivesDays)}; {Model}; {string.Join(", ", Model.Dimensions)}; seed {Seed}\n"
        + string.Join("\n", Model.Terms)
        + "\n"
        + string.Join("\n", Tell().Select(of => $"{of.ReceivedAt} {of.Step}"));

    /// <summary>Checks a property of many stories, and of ever fewer steps of one that fails.</summary>
    public static void ForAll(Action<Story> property, int tests = 300, bool isPlain = false) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(tests).WithEndSize(60),
            Prop.ForAll(Arb.From(Stories(isPlain), Smaller), property)
        );

    private static IEnumerable<Story> Smaller(Story story) =>
        story
            .Steps.Select((_, i) => story with { Steps = [.. story.Steps.Where((_, other) => other != i)] })
            .Concat(
                story.Model.Terms.Count == 1
                    ? []
                    : story.Model.Terms.Select(term =>
                        story with
                        {
                            Model = story.Model with { Terms = [.. story.Model.Terms.Where(other => other != term)] },
                        }
                    )
            );

    private static Gen<Story> Stories(bool isPlain) =>
        from halfLives in Scenario.HalfLives()
        from model in Scenario.Models(halfLives)
        from longest in Gen.Elements(60, 86_400, 10 * 86_400, 100 * 86_400)
        from steps in (isPlain ? PlainSteps(longest) : AnyStep(longest)).NonEmptyListOf()
        from newDays in Gen.Elements(0, 1, 14)
        from dormantDays in Gen.Elements(1, 30, 400)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Story(Scenario.WorkspaceOf(halfLives, newDays, dormantDays), model, [.. steps], seed);

    private static Gen<StoryStep> PlainSteps(int longest) =>
        Gen.Frequency((12, Events(longest)), (2, Updates(longest)), (2, Adjustments(longest)));

    private static Gen<StoryStep> AnyStep(int longest) =>
        Gen.Frequency(
            (14, Events(longest)),
            (3, Updates(longest)),
            (2, Adjustments(longest)),
            (1, Adoptions(longest)),
            (1, Gen.Choose(0, longest).Select(gap => (StoryStep)new LeftAccountStep(gap))),
            (1, Prunings(longest)),
            (1, Gen.Choose(0, longest).Select(gap => (StoryStep)new OpeningStep(gap)))
        );

    private static Gen<StoryStep> Events(int longest) =>
        from gap in Gen.Choose(0, longest)
        from type in Gen.Elements("visit", "purchase", "message", "complaint", "renewal", "export")
        from value in Gen.Frequency((4, Gen.Constant(1.0)), (1, Gen.Elements(0.0, -2.5, 0.001, 1e6, 3, -1, 1 / 3.0)))
        from feature in Gen.Elements("", "", "search", "reports", "api")
        from account in Gen.Elements("", "", "acme", "globex")
        // How many seconds it comes late; below 0 by a clock that is ahead.
        from lag in Gen.Frequency(
            (5, Gen.Choose(0, 30)),
            (2, Gen.Choose(0, 2 * longest)),
            (1, Gen.Choose(0, 90 * 86_400)),
            (1, Gen.Choose(-290, 0))
        )
        from milliseconds in Gen.Choose(1, 999)
        select (StoryStep)new EventStep(gap, type, value, feature, account, lag + (milliseconds / 1e3));

    private static Gen<StoryStep> Updates(int longest) =>
        from gap in Gen.Choose(0, longest)
        from plan in Gen.Elements("", "pro", "free", "12", "-1.5e2")
        from account in Gen.Elements("", "acme", "globex")
        select (StoryStep)new UpdateStep(gap, account, plan);

    private static Gen<StoryStep> Adjustments(int longest) =>
        from gap in Gen.Choose(0, longest)
        from model in Gen.Elements("engagement", "engagement", "other")
        from kind in Gen.Elements<AdjustmentKind?>(null, AdjustmentKind.Add, AdjustmentKind.Add, AdjustmentKind.Set)
        from score in Gen.Elements(0, 12.5, -3, 40, 1e6)
        from days in Gen.Elements<double?>(null, 0.01, 3, 45)
        select (StoryStep)new AdjustmentStep(gap, model, kind, score, days);

    private static Gen<StoryStep> Adoptions(int longest) =>
        from gap in Gen.Choose(0, longest)
        from steps in Gen.Frequency((4, Events(1)), (1, Updates(1))).NonEmptyListOf().Resize(6)
        select (StoryStep)new AdoptionStep(gap, [.. steps]);

    private static Gen<StoryStep> Prunings(int longest) =>
        from gap in Gen.Choose(0, longest)
        from names in Gen.Elements<KnownName[]>(
            [new(NameKind.EventType, "visit")],
            [new(NameKind.Feature, "search")],
            [new(NameKind.CustomerAttribute, "plan")],
            [new(NameKind.EventType, "purchase"), new(NameKind.EventType, "message"), new(NameKind.Feature, "api")]
        )
        select (StoryStep)new PruningStep(gap, names);
}
