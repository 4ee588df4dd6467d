using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;

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

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(2, 5)]
    [InlineData(30, -1)]
    public void Days_since_the_newest_event_of_a_type_bring_what_their_step_says(int days, double points)
    {
        var model = Samples.Model(
            new RecencyTerm([new(0, 10), new(2, 5), new(30, -1)], 0, 1) { EventType = "purchase" }
        );
        var population = Active(60, 1);
        population.Record("c-1", "purchase", Samples.DaysAgo(1));
        // A late one is not the newest.
        population.Record("c-1", "purchase", Samples.DaysAgo(40));
        Assert.Equal(points, population.Score("c-1", model, Samples.DaysAgo(1 - days)).Points);
    }

    [Fact]
    public void Recency_of_a_type_that_makes_nobody_active_is_of_its_newest_event_all_the_same()
    {
        var population = Active(60);
        population.Record("c-1", "payment_failed", Samples.DaysAgo(3));
        population.Record("c-1", "visit", Samples.DaysAgo(1));

        var score = population.Score("c-1", Samples.Model(PaymentFailed));

        Assert.Equal(8 * Math.Pow(0.5, 3.5 / 7), score.Points, 12);
        Assert.Equal(PaymentFailed, Assert.Single(score.Contributions).Term);
    }

    [Fact]
    public void Who_never_had_an_event_of_the_type_has_no_recency_of_it()
    {
        var population = Active(1);
        Assert.Empty(population.Score("c-1", Samples.Model(PaymentFailed)).Contributions);
        population.Record("c-2", "payment_failed", Samples.Noon);
        Assert.Empty(population.Score("c-1", Samples.Model(PaymentFailed)).Contributions);
    }

    [Fact]
    public void The_next_change_is_the_day_on_which_the_next_step_begins()
    {
        var model = Samples.Model(new RecencyTerm([new(0, 1), new(7, 0)], 0, 1) { EventType = "purchase" });
        var population = Active(0);
        Assert.Null(population.NextChange(0, model, Samples.Noon));
        population.Record("c-1", "purchase", Samples.DaysAgo(2));

        Assert.Equal(Samples.DaysAgo(-4.5), population.NextChange(0, model, Samples.Noon));
        Assert.Null(population.NextChange(0, model, Samples.DaysAgo(-5)));
    }

    [Fact]
    public void A_type_has_its_newest_day_whatever_happens_to_it_before_1970_or_after_2149()
    {
        var (early, late) = (Samples.DaysAgo(40_000), Samples.DaysAgo(-50_000));
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", early);
        Assert.Equal(early.UtcDay, LastDayOf(population, early));
        population.Record("c-1", "visit", late);
        Assert.Equal(Instant.From(new(2149, 6, 5, 0, 0, 0, default)).UtcDay, LastDayOf(population, late));

        static int? LastDayOf(Population population, Instant at) => population.Describe(0, at).Events[0].LastDay;
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

    private static readonly RecencyTerm PaymentFailed = new([], 7, 8) { EventType = "payment_failed" };

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
