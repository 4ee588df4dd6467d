using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.History;

/// <summary>A score of the past is what its definition gives, of the records that count.</summary>
public sealed class HistoryAgainstOracle
{
    [Fact]
    public void Points_are_the_scores_of_all_that_had_happened_by_then() =>
        Story.ForAll(story => AssertPoints(story, knownAt: null), tests: 600, isPlain: true);

    [Fact]
    public void Points_as_known_at_an_instant_are_the_scores_of_what_was_received_by_then() =>
        Story.ForAll(
            story =>
                AssertPoints(story, Story.Start + ((story.End - Story.Start) * new Random(story.Seed).NextDouble())),
            tests: 600,
            isPlain: true
        );

    private static void AssertPoints(Story story, Instant? knownAt)
    {
        var times = story.Times(12);
        var history = ScoreHistory.Of(story.Play().Past, story.Settings, story.Model, times, knownAt);
        var events = 0;
        foreach (var time in times)
        {
            var known = story.Tell().Where(of => !(of.ReceivedAt > knownAt)).ToList();
            var oracle = new NaiveOracle(
                [.. known.SelectMany(of => of.Step.EventsAt(of.ReceivedAt)).Where(e => e.OccurredAt <= time)],
                story.Settings.PassiveEventTypes,
                PlansAt(time, known),
                AdjustmentsAt(time, known)
            );
            var point = history.Points.SingleOrDefault(of => of.Time == time);
            var updates = known.Where(of => of.Step is UpdateStep && of.ReceivedAt <= time).ToList();
            var isKnown = oracle.Customers.Count + updates.Count > 0;
            Assert.Equal(isKnown, point is not null);
            if (!isKnown)
            {
                continue;
            }
            AssertScore(story, oracle, point!);
            Assert.Equal(oracle.EventCount, events + point!.Events);
            events = oracle.EventCount;
            if (
                oracle.Customers.Count > 0
                && updates.TrueForAll(of => of.ReceivedAt.UtcDay >= oracle.FirstDay(Story.Customer))
            )
            {
                Assert.Equal(oracle.LifecycleOf(Story.Customer, story.Settings.Lifecycle, time), point.Stage);
            }
        }
    }

    private static void AssertScore(Story story, NaiveOracle oracle, ScorePoint point)
    {
        var expected = oracle.Score(Story.Customer, story.Model, point.Time);
        var scale = 100 / story.Model.TargetPoints;
        var magnitude = oracle.Magnitude(Story.Customer, story.Model, point.Time) * scale;
        var adjusted = Math.Abs(oracle.AdjustmentOf(Story.Customer, story.Model.Name, point.Time)?.Score ?? 0);
        Assert.True(
            Math.Abs(expected - point.Score) <= Math.Max(1e-9 * (magnitude + adjusted), 1e-12 * scale),
            $"at {point.Time}: expected {expected:R} but got {point.Score:R}"
        );
        Assert.Equal(story.Model.Bands[story.Model.BandOf(point.Score)].Name, point.Band);
        var momentum = oracle.Momentum(
            Story.Customer,
            story.Model,
            story.Settings.HalfLivesDays,
            story.Settings.Lifecycle,
            point.Time
        );
        Assert.Equal(momentum is null, point.Momentum is null);
        Assert.Equal(momentum ?? 0, point.Momentum ?? 0, 1e-6);
    }

    private static Dictionary<string, string> PlansAt(Instant time, List<(StoryStep Step, Instant ReceivedAt)> known)
    {
        var plan = "";
        foreach (var (step, at) in known)
        {
            plan = step is UpdateStep update && at <= time ? update.Plan : plan;
        }
        return plan.Length == 0 ? [] : new() { [Story.Customer] = plan };
    }

    /// <summary>The adjustments that hold; nobody can put one of a customer of whom nothing was received.</summary>
    private static List<CustomerAdjustment> AdjustmentsAt(
        Instant time,
        List<(StoryStep Step, Instant ReceivedAt)> known
    )
    {
        var adjustments = new Dictionary<string, ScoreAdjustment>();
        var isThere = false;
        foreach (var (step, at) in known.Where(of => of.ReceivedAt <= time || of.Step is EventStep))
        {
            if (step is not AdjustmentStep adjusted)
            {
                isThere = true;
            }
            else if (isThere && adjusted.At(at) is { } adjustment)
            {
                adjustments[adjusted.Model] = adjustment;
            }
            else if (isThere)
            {
                adjustments.Remove(adjusted.Model);
            }
        }
        return [.. adjustments.Values.Select(of => new CustomerAdjustment(Story.Customer, of))];
    }
}
