using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Tests.Oracle;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Scores;

/// <summary>A projection tells what reading at all those instants would.</summary>
public sealed class ProjectionSpecs
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    [Fact]
    public void Bands_change_when_it_says_and_never_otherwise() =>
        Scenario.ForAll(
            scenario =>
            {
                var population = scenario.Populate();
                var random = new Random(scenario.Events.Count);
                var until = scenario.ReadTime + TimeSpan.FromDays(random.Next(1, 3_000));
                for (var row = 0; row < population.Count; row++)
                {
                    var crossings = population.Project(row, scenario.Model, scenario.ReadTime, until);
                    Assert.All(crossings, of => Assert.True(of.Time >= scenario.ReadTime && of.Time <= until));
                    Assert.Equal(crossings.OrderBy(of => of.Time), crossings);
                    foreach (var at in Instants(scenario.ReadTime, until, crossings, random))
                    {
                        var score = population.Score(row, scenario.Model, at);
                        var expected = crossings.LastOrDefault(of => of.Time <= at).Band;
                        expected ??= population.Score(row, scenario.Model, scenario.ReadTime).Band;
                        Assert.True(
                            score.Band == expected || IsAtAnEnd(score.Score, scenario.Model),
                            $"at {at}: {score.Band} by {score.Score:R}, not {expected}\n{string.Join("\n", crossings)}"
                        );
                    }
                }
            },
            tests: 200
        );

    [Fact]
    public void A_score_falls_through_the_bands_as_it_decays()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon, value: 160);
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Value, 1));

        var crossings = population.Project(0, model, Samples.Noon, Samples.DaysAgo(-3_650));

        // 160 x 2^(-t / 7) comes down to 100, 70 and 40, which belong to the bands below.
        Assert.Equal(["highly_engaged", "somewhat_engaged", "disengaged"], crossings.Select(of => of.Band));
        double[] days = [7 * Math.Log2(1.6), 7 * Math.Log2(160 / 70.0), 14];
        Assert.Equal(
            days,
            crossings.Select(of => (of.Time - Samples.Noon).TotalDays),
            (one, other) => Math.Abs(one - other) < 1e-6
        );
    }

    [Fact]
    public void A_penalty_that_fades_lifts_a_score_before_it_falls_again()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon, value: 90);
        population.Record("c-1", "complaint", Samples.Noon, value: 70);
        var model = Samples.Model(
            new EventTerm("visit", 30, Measure.Value, 1),
            new EventTerm("complaint", 7, Measure.Value, -1)
        );

        var crossings = population.Project(0, model, Samples.Noon, Samples.DaysAgo(-3_650));

        Assert.Equal(["somewhat_engaged", "disengaged"], crossings.Select(of => of.Band));
        Assert.All(crossings, of => Assert.Equal(40, At((of.Time - Samples.Noon).TotalDays), 6));
        Assert.InRange((crossings[0].Time - Samples.Noon).TotalDays, 2, 10);

        static double At(double days) => (90 * Math.Pow(2, -days / 30)) - (70 * Math.Pow(2, -days / 7));
    }

    [Fact]
    public void Days_that_leave_their_window_and_adjustments_that_expire_are_told_of()
    {
        var population = new Population(Samples.Workspace);
        for (var day = 0; day < 5; day++)
        {
            population.Record("c-1", "visit", Samples.DaysAgo(day));
        }
        var model = Samples.Model(new ActiveDaysTerm(7, 10));
        var expiry = Samples.DaysAgo(-20);
        population.Adjust(
            0,
            model.Name,
            new(model.Name, AdjustmentKind.Add, 41, "r", "a", Samples.Noon, expiry),
            Samples.Noon
        );

        // 91: then 61 without the third last of the five days, 41 without all, 0 without the adjustment.
        var crossings = population.Project(0, model, Samples.Noon, Samples.DaysAgo(-3_650));

        var midnight = new Instant(Samples.Noon.UtcDay * TimeSpan.TicksPerDay);
        Assert.Equal(
            [new(midnight + TimeSpan.FromDays(5), "somewhat_engaged"), new BandCrossing(expiry, "disengaged")],
            crossings
        );
        population.Adjust(
            0,
            model.Name,
            new(model.Name, AdjustmentKind.Set, 120, "r", "a", Samples.Noon, expiry),
            Samples.Noon
        );
        Assert.Equal(
            [new BandCrossing(expiry, "disengaged")],
            population.Project(0, model, Samples.Noon, Samples.DaysAgo(-3_650))
        );
        Assert.Empty(population.Project(0, model, Samples.Noon, Samples.DaysAgo(-3)));
    }

    private static IEnumerable<Instant> Instants(
        Instant from,
        Instant until,
        IReadOnlyList<BandCrossing> crossings,
        Random random
    ) =>
        Enumerable
            .Range(0, 60)
            .Select(_ => from + ((until - from) * random.NextDouble()))
            .Concat(crossings.SelectMany(of => (Instant[])[of.Time - Margin, of.Time + Margin]))
            .Where(at => at >= from && at < until)
            .Where(at => crossings.All(of => (of.Time - at).Duration() >= Margin));

    /// <summary>Whether rounding decides the band.</summary>
    private static bool IsAtAnEnd(double score, ScoringModel model) =>
        model.Bands.Any(band => Math.Abs(score - (band.UpperEnd ?? double.NaN)) < 1e-6);
}
