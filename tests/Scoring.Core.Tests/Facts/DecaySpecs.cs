using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Facts;

public sealed class DecaySpecs
{
    private static readonly ScoringModel Visits = Samples.Model(new EventTerm("visit", 7, Measure.Count, 1));

    [Fact]
    public void An_event_counts_half_after_its_half_life()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.DaysAgo(7));
        Assert.Equal(0.5, population.Score("c-1", Visits).Points, 1e-12);
        Assert.Equal(0.25, population.Score("c-1", Visits, Samples.Noon + TimeSpan.FromDays(7)).Points, 1e-12);
    }

    [Fact]
    public void Late_event_counts_as_if_it_had_come_in_order()
    {
        var population = new Population(Samples.Workspace);
        population.Record("in-order", "visit", Samples.DaysAgo(400));
        population.Record("in-order", "visit", Samples.DaysAgo(0));
        population.Record("late", "visit", Samples.DaysAgo(0));
        population.Record("late", "visit", Samples.DaysAgo(400));
        Assert.Equal(population.Score("in-order", Visits).Points, population.Score("late", Visits).Points);
    }

    [Fact]
    public void A_lifetime_quantity_does_not_decay()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.DaysAgo(10_000));
        Assert.Equal(5, population.Score("c-1", Samples.Model(new EventTerm("visit", 0, Measure.Count, 5))).Points);
    }

    [Fact]
    public void Values_are_summed_from_the_first_event_on_although_it_had_none()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.Noon);
        population.Record("c-1", "visit", Samples.Noon, value: 2.5);
        population.Record("c-1", "visit", Samples.Noon, value: -0.5);
        Assert.Equal(
            3,
            population.Score("c-1", Samples.Model(new EventTerm("visit", 7, Measure.Value, 1))).Points,
            1e-12
        );
        Assert.Equal(
            3,
            population.Score("c-1", Samples.Model(new EventTerm("visit", 7, Measure.Count, 1))).Points,
            1e-12
        );
        population.Record("c-1", "visit", Samples.Noon, value: 10);
        Assert.Equal(
            13,
            population.Score("c-1", Samples.Model(new EventTerm("visit", 7, Measure.Value, 1))).Points,
            1e-12
        );
        Assert.Equal(
            4,
            population.Score("c-1", Samples.Model(new EventTerm("visit", 7, Measure.Count, 1))).Points,
            1e-12
        );
    }

    [Fact]
    public void Weights_and_factors_meet_at_every_landmark_and_moving_is_exact()
    {
        var halfLife = new HalfLife(7);
        var landmark = halfLife.LandmarkAt(Samples.Noon);
        var weight = halfLife.WeightAt(Samples.Noon, landmark);
        Assert.InRange(weight, 1, Math.ScaleB(1, HalfLife.LandmarkSpacing));
        for (var other = landmark - 3; other <= landmark + 3; other++)
        {
            Assert.Equal(weight * HalfLife.Move(landmark, other), halfLife.WeightAt(Samples.Noon, other));
            Assert.Equal(
                1,
                halfLife.WeightAt(Samples.Noon, other) * halfLife.FactorAt(Samples.Noon, other),
                tolerance: 1e-15
            );
        }
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59Z", -1)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2024-02-29T23:59:59Z", 19_782)]
    [InlineData("2025-01-01T00:00:00Z", 20_089)]
    public void Days_are_utc_days(string time, int day) =>
        Assert.Equal(day, Instant.From(DateTimeOffset.Parse(time, null)).UtcDay);
}
