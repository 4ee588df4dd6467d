using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;
using PastEvent = Scoring.Core.History.PastEvent;

namespace Scoring.Core.Tests.History;

/// <summary>The parts of a change add up to it, always, and each is what its definition gives.</summary>
public sealed class LedgerSpecs
{
    private const int Tests = 2_000;

    [Fact]
    public void Parts_add_up_to_the_difference_of_the_rounded_scores_to_the_millionth() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                foreach (var (from, to) in PairsOf(story, past))
                {
                    if (ScoreChange.Between(past, story.Settings, Former(story), story.Model, from, to) is { } change)
                    {
                        Assert.Equal(
                            ScoreChange.MicrosOf(change.To.Score) - ScoreChange.MicrosOf(change.From?.Score ?? 0),
                            change.Parts.Sum(part => part.Micros)
                        );
                        Assert.DoesNotContain(change.Parts, part => part.Micros == 0);
                        Assert.Equal(change.Parts.OrderBy(part => part.Kind), change.Parts);
                    }
                }
            },
            Tests
        );

    [Fact]
    public void Before_they_are_rounded_parts_lack_nothing_but_what_doubles_round() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                foreach (var (from, to, knownAt) in ClocksOf(story, past))
                {
                    if (
                        ScoreLedger.Of(
                            past,
                            story.Settings,
                            Former(story),
                            story.Model,
                            new(from, knownAt ?? from),
                            new(to, knownAt ?? to)
                        )
                        is var (change, rest)
                    )
                    {
                        var oracle = new NaiveOracle(
                            [.. story.AllEvents.Where(e => e.OccurredAt <= to)],
                            story.Settings.PassiveEventTypes
                        );
                        var magnitude =
                            Magnitude(change.From)
                            + Magnitude(change.To)
                            + (oracle.Magnitude(Story.Customer, story.Model, to) * 100 / story.Model.TargetPoints);
                        Assert.True(
                            Math.Abs(rest) <= Math.Max(1e-9 * magnitude, 1e-12 * 100 / story.Model.TargetPoints),
                            $"{from} to {to}: {rest:R} of {magnitude:R}\n{string.Join("\n", change.Parts)}"
                        );
                    }
                }

                double Magnitude(CustomerScore? score) =>
                    score is null
                        ? 0
                        : Math.Abs(score.Score)
                            + (
                                score.Contributions.Sum(part => Math.Abs(part.Term.Weight * part.Quantity))
                                * 100
                                / story.Model.TargetPoints
                            );
            },
            Tests
        );

    [Fact]
    public void By_one_clock_a_change_is_that_of_the_points_of_a_history() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                foreach (var (from, to, knownAt) in ClocksOf(story, past))
                {
                    var change = ScoreChange.KnownAt(past, story.Settings, story.Model, from, to, knownAt);
                    var points = ScoreHistory.Of(past, story.Settings, story.Model, [from, to], knownAt).Points;
                    Assert.Equal(points.FirstOrDefault(of => of.Time == to)?.Score, change?.To.Score);
                    if (change is not null)
                    {
                        Assert.Equal(points.FirstOrDefault(of => of.Time == from)?.Score, change.From?.Score);
                        Assert.Equal(change.Micros, change.Parts.Sum(part => part.Micros));
                        Assert.DoesNotContain(change.Parts, part => part.Kind == ScoreChangeKind.LateEvents);
                    }
                }
            },
            tests: 500
        );

    [Fact]
    public void Parts_of_events_are_their_values_by_weight_and_decay_whatever_their_order() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                var model = story.Model with { Terms = [.. story.Model.Terms.OfType<EventTerm>()] };
                foreach (var (from, to) in PairsOf(story, past).Where(_ => model.Terms.Count > 0))
                {
                    if (ScoreChange.Between(past, story.Settings, model, model, from, to) is { } change)
                    {
                        AssertEvents(past, model, change, from, to);
                    }
                }
            },
            tests: 500,
            isPlain: true
        );

    [Fact]
    public void A_change_is_that_of_the_scores_as_known_at_each_instant() =>
        Story.ForAll(
            story =>
            {
                var past = story.Play().Past;
                foreach (var (from, to) in PairsOf(story, past))
                {
                    var change = ScoreChange.Between(past, story.Settings, story.Model, story.Model, from, to);
                    Assert.Equal(PointAt(from), change is null ? PointAt(from) : change.From?.Score);
                    Assert.Equal(PointAt(to), change?.To.Score);
                }

                double? PointAt(Instant instant) =>
                    ScoreHistory
                        .Of(past, story.Settings, story.Model, [instant], instant)
                        .Points.SingleOrDefault()
                        ?.Score;
            },
            tests: 300
        );

    private static void AssertEvents(
        CustomerPast past,
        ScoringModel model,
        ScoreChange change,
        Instant from,
        Instant to
    )
    {
        foreach (var terms in model.Terms.Cast<EventTerm>().GroupBy(term => term.EventType))
        {
            var known = past
                .Events.Where(e => e.EventType == terms.Key && e.ReceivedAt <= to && e.OccurredAt <= to)
                .ToLookup(e => KindOf(e, from));
            var magnitude = past
                .Events.Where(e => e.OccurredAt <= to)
                .Sum(e => terms.Sum(term => Math.Abs(PointsOf(term, e, Instant.Max(from, e.OccurredAt)))));
            magnitude += Math.Abs(change.To.Points) + Math.Abs(change.From?.Points ?? 0);
            AssertPart(ScoreChangeKind.Events, e => terms.Sum(term => PointsOf(term, e, to)));
            AssertPart(ScoreChangeKind.LateEvents, e => terms.Sum(term => PointsOf(term, e, to)));
            AssertPart(ScoreChangeKind.Decay, e => terms.Sum(term => PointsOf(term, e, to) - PointsOf(term, e, from)));

            void AssertPart(ScoreChangeKind kind, Func<PastEvent, double> pointsOf)
            {
                var part = change.Parts.SingleOrDefault(part => part.Kind == kind && part.Subject == terms.Key);
                var expected = known[kind].Sum(pointsOf) * 1e8 / model.TargetPoints;
                Assert.True(
                    Math.Abs(expected - (part?.Micros ?? 0)) <= 2 + (1e-9 * magnitude * 1e8 / model.TargetPoints),
                    $"{kind} of {terms.Key}: {expected:R} but {part?.Micros}"
                );
                if (part is not null)
                {
                    Assert.Equal(kind == ScoreChangeKind.Decay ? 0 : known[kind].Count(), part.Events);
                    Assert.Equal(terms.Count() == 1 ? terms.Single() : part.Term, part.Term);
                }
            }
        }
    }

    private static ScoreChangeKind KindOf(PastEvent e, Instant from) =>
        e.OccurredAt > from ? ScoreChangeKind.Events
        : e.ReceivedAt > from ? ScoreChangeKind.LateEvents
        : ScoreChangeKind.Decay;

    private static double PointsOf(EventTerm term, PastEvent e, Instant at) =>
        term.Weight
        * (term.Measure == Measure.Count ? 1 : e.Value)
        * (term.HalfLifeDays == 0 ? 1 : Math.Pow(2, -(at - e.OccurredAt).TotalDays / term.HalfLifeDays));

    private static IEnumerable<(Instant From, Instant To)> PairsOf(Story story, CustomerPast past)
    {
        var times = story.Times(3, Instant.Max(past.CompleteSince, Story.Start - TimeSpan.FromDays(1)));
        return
        [
            (times[0], times[1]),
            (times[1], times[2]),
            (times[0], times[2]),
            (times[1], times[1] + TimeSpan.FromTicks(1)),
        ];
    }

    /// <summary>The same without a clock of knowledge, by what is known at the second instant, and by all that is known.</summary>
    private static IEnumerable<(Instant From, Instant To, Instant? KnownAt)> ClocksOf(Story story, CustomerPast past) =>
        PairsOf(story, past)
            .SelectMany(pair =>
                new Instant?[] { null, pair.To, new(long.MaxValue) }.Select(knownAt => (pair.From, pair.To, knownAt))
            );

    /// <summary>A version before, in which all weighs otherwise.</summary>
    private static ScoringModel Former(Story story) =>
        story.Seed % 3 > 0
            ? story.Model
            : story.Model with
            {
                Version = 0,
                Terms = [.. story.Model.Terms.Select((term, i) => term with { Weight = (term.Weight / 2) + i })],
                Ceiling = null,
            };
}
