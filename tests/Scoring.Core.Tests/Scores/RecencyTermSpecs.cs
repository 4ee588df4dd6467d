using Scoring.Core.Models;
using Scoring.Core.Populations;

namespace Scoring.Core.Tests.Scores;

/// <summary>What recent activity brings.</summary>
public sealed class RecencyTermSpecs
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(2, 5)]
    [InlineData(29, 5)]
    [InlineData(30, -1)]
    [InlineData(4_000, -1)]
    public void Days_since_the_newest_active_day_bring_what_their_step_says(int days, double points)
    {
        var model = Samples.Model(new RecencyTerm([new(0, 10), new(2, 5), new(30, -1)], 0, 1));
        Assert.Equal(points, Active(1, 60).Score("c-1", model, Samples.DaysAgo(1 - days)).Points);
    }

    [Fact]
    public void By_a_half_life_it_is_1_when_the_newest_active_day_began_and_half_a_half_life_later()
    {
        var model = Samples.Model(new RecencyTerm([], 7, 8));
        var population = Active(3, 60);
        // What makes nobody active is not recent.
        population.Record("c-1", "payment_failed", Samples.Noon);
        Assert.Equal(8 * Math.Pow(0.5, 3.5 / 7), population.Score("c-1", model).Points, 12);
        Assert.Equal(4, population.Score("c-1", model, Samples.DaysAgo(-3.5)).Points, 12);
    }

    [Fact]
    public void Who_never_was_active_has_none()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "payment_failed", Samples.Noon);
        population.Upsert("c-2");
        var model = Samples.Model(new RecencyTerm([new(0, 10)], 0, 1), new RecencyTerm([], 7, 1));
        Assert.Empty(population.Score("c-1", model).Contributions);
        Assert.Empty(population.Score("c-2", model).Contributions);
    }

    [Fact]
    public void Active_days_are_counted_in_the_window_that_ends_with_the_day_of_the_read()
    {
        var population = Active(0, 1, 6, 7, 191);
        Assert.Equal(3, Days(7, 0));
        Assert.Equal(2, Days(7, 1));
        Assert.Equal(5, Days(192, 0));
        Assert.Equal(4, Days(192, 1));
        Assert.Equal(0, Days(1, 1));

        double Days(int window, int later) =>
            population.Score("c-1", Samples.Model(new ActiveDaysTerm(window, 1)), Samples.DaysAgo(-later)).Points;
    }

    private static Population Active(params int[] daysAgo)
    {
        var population = new Population(Samples.Workspace);
        foreach (var days in daysAgo)
        {
            population.Record("c-1", "visit", Samples.DaysAgo(days));
        }
        return population;
    }
}
