using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;

namespace Scoring.Core.Tests.Scores;

/// <summary>Dimensions, floor, ceiling and tenure grace.</summary>
public sealed class DimensionSpecs
{
    private static readonly ScoringModel Model = Samples.Model(
        new EventTerm("visit", 0, Measure.Count, 2) { Dimension = "frequency" },
        new EventTerm("complaint", 0, Measure.Count, -10) { Dimension = "support" },
        new AttributeTerm("plan", ["pro"], [], 4) { Dimension = "fit" }
    ) with
    {
        Dimensions = [new("frequency", "Frequency", 5), new("support", "Support", 15), new("fit", "Fit")],
    };

    [Fact]
    public void Each_dimension_counts_up_to_its_cap_in_either_direction_and_says_what_that_cut_off()
    {
        var population = Population(visits: 4, complaints: 3);

        var score = population.Score("c-1", Model);

        Assert.Equal(
            [("frequency", 5, true), ("support", -15, true), ("fit", 4, false)],
            score.Dimensions.Select(of => (of.Dimension.Name, of.Points, of.Capped))
        );
        Assert.Equal(
            [new(LimitKind.Dimension, "frequency", -3), new CutOff(LimitKind.Dimension, "support", 15)],
            score.CutOffs
        );
        Assert.Equal([8, -30, 4], score.Contributions.Select(part => part.Points));
        Assert.Equal((-6, -6), (score.Points, score.Score));
    }

    [Theory]
    [InlineData(null, null, -6)]
    [InlineData(-4.0, null, -4)]
    [InlineData(null, -8.0, -8)]
    [InlineData(-7.0, 100.0, -6)]
    public void Floor_and_ceiling_limit_the_score_and_say_what_they_add(double? floor, double? ceiling, double expected)
    {
        var model = Model with { Floor = floor, Ceiling = ceiling };

        var score = Population(visits: 4, complaints: 3).Score("c-1", model);

        Assert.Equal((expected, expected), (score.Score, score.Points));
        Assert.Equal(expected + 6, score.CutOffs.Where(of => of.By != LimitKind.Dimension).Sum(of => of.Points));
        Assert.Equal(
            score.Points,
            score.Contributions.Sum(part => part.Points) + score.CutOffs.Sum(cutOff => cutOff.Points),
            12
        );
    }

    [Fact]
    public void The_next_band_is_as_far_as_the_points_before_the_floor_say_and_out_of_reach_above_the_ceiling()
    {
        var population = Population(visits: 1, complaints: 1);
        Assert.Equal(("disengaged", 4), Next(Model));
        Assert.Equal(("somewhat_engaged", 44), Next(Model with { Floor = 10 }));
        Assert.Equal(("somewhat_engaged", 44), Next(Model with { Floor = 10, Ceiling = 50 }));
        Assert.Null(population.Score("c-1", Model with { Floor = 10, Ceiling = 30 }).NextBand);

        (string, double) Next(ScoringModel model) =>
            population.Score("c-1", model).NextBand is { } next ? (next.Band, next.Points) : default;
    }

    [Fact]
    public void Grace_lasts_for_the_first_days_that_of_the_first_event_among_them()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon);
        var model = Model with { GraceDays = 3 };

        Assert.Equal(
            [true, true, true, false],
            Enumerable.Range(0, 4).Select(days => population.Score("c-1", model, Samples.DaysAgo(-days)).InGrace)
        );
        Assert.False(population.Score("c-1", Model).InGrace);
    }

    private static Population Population(int visits, int complaints)
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("c-1", ("plan", "pro"));
        for (var i = 0; i < visits; i++)
        {
            population.Record("c-1", "visit", Samples.DaysAgo(i));
        }
        for (var i = 0; i < complaints; i++)
        {
            population.Record("c-1", "complaint", Samples.DaysAgo(i));
        }
        return population;
    }
}
