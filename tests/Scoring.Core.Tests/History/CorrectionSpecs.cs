using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Time;
using PastEvent = Scoring.Core.History.PastEvent;

namespace Scoring.Core.Tests.History;

/// <summary>A customer whose events were voided is what it would be if they had never been recorded; what was known before stays known of then.</summary>
public sealed class CorrectionSpecs
{
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    [Fact]
    public void A_customer_is_as_if_voided_events_had_never_been_recorded() =>
        Story.ForAll(
            story =>
            {
                var (customer, corrected, without) = Correct(story);
                foreach (var now in (Instant[])[corrected, corrected + TimeSpan.FromDays(17.3)])
                {
                    AssertSame(without.Details(now), customer.Details(now));
                    Assert.Equal(
                        without.LiveScore(story.Model, now)!.Score,
                        customer.PastScore(story.Model, now)!.Score,
                        Tolerance(story, without, now)
                    );
                }
            },
            tests: 600
        );

    [Fact]
    public void What_was_known_before_a_correction_is_told_as_it_was_known() =>
        Story.ForAll(
            story =>
            {
                var (customer, corrected, _) = Correct(story);
                var before = Known(story).Play().Past;
                var times = story.Times(6, Instant.Max(before.CompleteSince, Story.Start - TimeSpan.FromDays(1)));
                foreach (var knownAt in times.Where(of => of < corrected).Append(corrected - TimeSpan.FromTicks(1)))
                {
                    Assert.Equal(
                        ScoreHistory.Of(before, story.Settings, story.Model, times, knownAt).Points,
                        ScoreHistory.Of(customer.Past, story.Settings, story.Model, times, knownAt).Points
                    );
                }
            },
            tests: 300
        );

    [Fact]
    public void Every_instant_is_told_without_voided_events_once_they_are() =>
        Story.ForAll(
            story =>
            {
                var (customer, _, without) = Correct(story);
                var times = story.Times(6, Instant.Max(customer.Past.CompleteSince, Story.Start));
                var expected = ScoreHistory.Of(without.Past, story.Settings, story.Model, times, null).Points;
                var points = ScoreHistory.Of(customer.Past, story.Settings, story.Model, times, null).Points;
                Assert.Equal(expected.Select(of => (of.Time, of.Events)), points.Select(of => (of.Time, of.Events)));
                foreach (var (one, other) in expected.Zip(points))
                {
                    Assert.Equal(one.Score, other.Score, Tolerance(story, without, one.Time));
                }
            },
            tests: 300
        );

    [Fact]
    public void Parts_of_a_change_across_a_correction_add_up_to_the_millionth() =>
        Story.ForAll(
            story =>
            {
                var (customer, corrected, _) = Correct(story);
                var past = customer.Past;
                var times = story.Times(3, Instant.Max(past.CompleteSince, Story.Start - TimeSpan.FromDays(1)));
                foreach (var from in times.Where(of => of < corrected))
                {
                    var change = customer.Change(story.Model, from, corrected + Later);
                    Assert.Equal(
                        ScoreChange.MicrosOf(change.To.Score) - ScoreChange.MicrosOf(change.From?.Score ?? 0),
                        change.Parts.Sum(part => part.Micros)
                    );
                    Assert.DoesNotContain(change.Parts, part => part.Micros == 0);
                    Assert.Equal(
                        ScoreHistory
                            .Of(past, story.Settings, story.Model, [from], from)
                            .Points.SingleOrDefault()
                            ?.Score,
                        change.From?.Score
                    );
                }
            },
            tests: 600
        );

    [Fact]
    public void Events_alike_are_voided_one_by_one_the_first_received_first()
    {
        var customer = new RecordedCustomer(Samples.Workspace);
        var at = Story.Start;
        customer.Record("visit", at, at + (2 * Later), account: "second");
        customer.Record("visit", at, at + Later, account: "first");
        customer.Record("visit", at, at + Later, account: "first again");
        EventCorrection asked = new("c-1", new("visit", at));

        var plan = CorrectionPlan.Of(customer.Past, [asked, asked], Instant.MinValue, out var results);

        Assert.All(results, result => Assert.Equal(CorrectionOutcome.Corrected, result.Outcome));
        Assert.Equal([at + Later, at + Later], plan.Wanted.Select(of => of.Voided!.Value.ReceivedAt));
        customer.Correct(at + (3 * Later), plan);
        Assert.Equal("second", customer.Details(at + (4 * Later)).AccountId);
        CorrectionPlan.Of(customer.Past, [asked, asked, asked], Instant.MinValue, out results);
        Assert.Equal(
            [CorrectionOutcome.Corrected, CorrectionOutcome.AlreadyCorrected, CorrectionOutcome.AlreadyCorrected],
            results.Select(of => of.Outcome)
        );
    }

    [Fact]
    public void A_correction_is_known_by_its_id()
    {
        var customer = new RecordedCustomer(Samples.Workspace);
        var at = Story.Start;
        customer.Record("visit", at);
        customer.Record("visit", at);
        EventCorrection asked = new("c-1", new("visit", at), CorrectionId: "1");
        customer.Correct(at + Later, CorrectionPlan.Of(customer.Past, [asked, asked], Instant.MinValue, out var first));

        var plan = CorrectionPlan.Of(
            customer.Past,
            [asked, asked with { Replacement = new("visit", at, 2) }, asked with { CorrectionId = "2" }],
            Instant.MinValue,
            out var results
        );

        Assert.Equal([CorrectionOutcome.Corrected, CorrectionOutcome.AlreadyCorrected], first.Select(of => of.Outcome));
        Assert.Equal(
            [CorrectionOutcome.AlreadyCorrected, CorrectionOutcome.IdConflict, CorrectionOutcome.Corrected],
            results.Select(of => of.Outcome)
        );
        Assert.Equal("2", Assert.Single(plan.Wanted).CorrectionId);
    }

    [Fact]
    public void What_cannot_be_corrected_is_told_with_why()
    {
        var customer = new RecordedCustomer(Samples.Workspace);
        var merged = new RecordedCustomer(Samples.Workspace, "other");
        var at = Story.Start;
        merged.Record("visit", at);
        customer.Record("visit", at, at + Later);
        customer.Adopt(at + Later, merged.Stored);
        var kept = at + (2 * Later);
        customer.Record("visit", kept);

        CorrectionOutcome OutcomeOf(CorrectedEvent asked, Instant since, out Instant? toldSince)
        {
            CorrectionPlan.Of(customer.Past, [new("c-1", asked)], since, out var results);
            toldSince = results[0].Since;
            return results[0].Outcome;
        }

        Assert.Equal(CorrectionOutcome.EventNotFound, OutcomeOf(new("visit", kept, 2), at, out _));
        Assert.Equal(CorrectionOutcome.EventNotFound, OutcomeOf(new("visit", kept, 1, "search"), at, out _));
        Assert.Equal(CorrectionOutcome.EventNotFound, OutcomeOf(new("message", kept), at, out _));
        Assert.Equal(CorrectionOutcome.BeforeMerge, OutcomeOf(new("message", at), at, out var since));
        Assert.Equal(at + Later, since);
        Assert.Equal(CorrectionOutcome.Corrected, OutcomeOf(new("visit", at), at + Later, out _));
        Assert.Equal(CorrectionOutcome.BeforeHistory, OutcomeOf(new("visit", at), kept, out since));
        Assert.Equal(kept, since);
        Assert.Equal(CorrectionOutcome.Corrected, OutcomeOf(new("visit", kept), kept, out _));
    }

    [Fact]
    public void Who_has_nothing_left_stays_known_from_the_correction_on()
    {
        var customer = new RecordedCustomer(Samples.Workspace);
        var at = Story.Start;
        customer.Record("visit", at, account: "acme", feature: "search");
        var corrected = at + TimeSpan.FromDays(3);
        customer.Correct(
            corrected,
            CorrectionPlan.Of(customer.Past, [new("c-1", new("visit", at, Feature: "search"))], Instant.MinValue, out _)
        );

        var details = customer.Details(corrected);
        Assert.Equal(("", null, corrected.UtcDay), (details.AccountId, details.LastEvent, details.FirstDay));
        Assert.Empty(details.Events);
        Assert.Empty(details.Features);
        Assert.Empty(details.ActiveDays);
        Assert.Empty(customer.Live.Names);
        var model = Samples.Model();
        Assert.Null(customer.PastScore(model, corrected - Later));
        Assert.NotNull(customer.PastScore(model, corrected - Later, corrected - Later));
        Assert.Equal(0, customer.PastScore(model, corrected)!.Score);
    }

    [Fact]
    public void A_correction_is_read_as_it_was_written()
    {
        var at = Story.Start;
        RecordedCorrection[] corrections =
        [
            new("", null, null),
            new("id", new PastEvent("visit", at, at + Later, -2.5, "search", ""), null),
            new("ä", new PastEvent("visit", at, at, 1, "", ""), new CorrectedEvent("message", at, 0.1, "api")),
        ];

        Assert.All(corrections, of => Assert.Equal(of, CorrectionCodec.Read(CorrectionCodec.Write(of))));
        var written = CorrectionCodec.Write(corrections[2]);
        Assert.Throws<InvalidDataException>(() => CorrectionCodec.Read([.. written, 0]));
        Assert.Throws<InvalidDataException>(() => CorrectionCodec.Read(written.AsSpan(..^1)));
    }

    /// <summary>Plays a story, voids some of its events, and plays it without these.</summary>
    private static (RecordedCustomer Customer, Instant CorrectedAt, RecordedCustomer Without) Correct(Story told)
    {
        var story = Known(told);
        var random = new Random(story.Seed);
        var steps = story.Steps.ToArray();
        var first = Array.FindLastIndex(steps, step => step is OpeningStep) + 1;
        var asked = new List<EventCorrection>();
        foreach (var ((step, at), i) in story.Tell().Select((of, i) => (of, i)).ToList())
        {
            if (step is EventStep item && i >= first && random.Next(2) == 0 && !IsPruned(steps[i..], item))
            {
                var occurredAt = at - TimeSpan.FromSeconds(item.Lag);
                asked.Add(new(Story.Customer, new(item.Type, occurredAt, item.Value, item.Feature)));
                steps[i] = new PauseStep(item.Gap);
            }
        }
        var customer = story.Play();
        var plan = CorrectionPlan.Of(customer.Past, asked, Instant.MinValue, out var results);
        Assert.All(results, result => Assert.Equal(CorrectionOutcome.Corrected, result.Outcome));
        var corrected = story.End + Later;
        customer.Correct(corrected, plan);
        return (customer, corrected, (story with { Steps = steps }).Play());
    }

    /// <summary>A story of a customer that is known by something else: what is received of nobody is not taken.</summary>
    private static Story Known(Story story) => story with { Steps = [new UpdateStep(0, "", ""), .. story.Steps] };

    /// <summary>Whether an event was removed, or changed, with a name.</summary>
    private static bool IsPruned(IEnumerable<StoryStep> later, EventStep item) =>
        later.OfType<PruningStep>().Any(step => step.Names.Any(of => of.Name == item.Type || of.Name == item.Feature));

    private static double Tolerance(Story story, RecordedCustomer customer, Instant at) =>
        1e-9
        * (1 + Magnitude(customer.LiveScore(story.Model, Instant.Max(at, story.End + Later))))
        * 100
        / story.Model.TargetPoints;

    private static double Magnitude(Scoring.Core.Scores.CustomerScore? score) =>
        score is null
            ? 0
            : Math.Abs(score.Score) + 1e7 + score.Contributions.Sum(part => Math.Abs(part.Term.Weight * part.Quantity));

    private static void AssertSame(CustomerDetails expected, CustomerDetails actual)
    {
        Assert.Equal(
            (expected.AccountId, expected.AccountSince, expected.Lifecycle, expected.EndedAt, expected.ReturnedAt),
            (actual.AccountId, actual.AccountSince, actual.Lifecycle, actual.EndedAt, actual.ReturnedAt)
        );
        Assert.Equal((expected.FirstDay, expected.LastEvent), (actual.FirstDay, actual.LastEvent));
        Assert.Equal(expected.Attributes, actual.Attributes);
        Assert.Equal(expected.Features, actual.Features);
        Assert.Equal(expected.ActiveDays, actual.ActiveDays);
        Assert.Equal(expected.MergedIds, actual.MergedIds);
        Assert.Equal(expected.Adjustments, actual.Adjustments);
        Assert.Equal(
            expected.Events.Select(of => (of.EventType, of.Count, of.Value, of.LastDay)),
            actual.Events.Select(of => (of.EventType, of.Count, of.Value, of.LastDay))
        );
        foreach (var (one, other) in expected.Events.Zip(actual.Events))
        {
            foreach (var (left, right) in one.Decayed.Zip(other.Decayed))
            {
                Assert.Equal(left.Count, right.Count, 1e-9);
                Assert.Equal(left.Value, right.Value, 1e-9 * 1e7);
            }
        }
    }
}
