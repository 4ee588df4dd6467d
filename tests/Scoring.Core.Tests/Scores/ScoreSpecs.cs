using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Scores;

public sealed class ScoreSpecs
{
    [Theory]
    [InlineData(-0.001, "churn_risk", "disengaged", 0, 0.001, false)]
    [InlineData(0, "disengaged", "somewhat_engaged", 40, 40, true)]
    [InlineData(40, "disengaged", "somewhat_engaged", 40, 0, true)]
    [InlineData(40.001, "somewhat_engaged", "highly_engaged", 70, 29.999, true)]
    [InlineData(70, "somewhat_engaged", "highly_engaged", 70, 0, true)]
    [InlineData(100, "highly_engaged", "power_user", 100, 0, true)]
    public void A_score_falls_into_its_band_and_says_what_the_next_needs(
        double points,
        string band,
        string next,
        double from,
        double missing,
        bool exclusive
    )
    {
        var score = Scored(points);
        Assert.Equal(band, score.Band);
        Assert.Equal(
            (next, from, exclusive),
            (score.NextBand!.Band, score.NextBand.FromScore, score.NextBand.Exclusive)
        );
        Assert.Equal(missing, score.NextBand.Points, 9);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(100, false)]
    [InlineData(0, false)]
    [InlineData(-250, true)]
    [InlineData(1e9, false)]
    [InlineData(0.001, true)]
    public void A_score_within_a_billionth_of_an_end_counts_as_the_end(double end, bool included)
    {
        var model = Samples.Model() with
        {
            Bands =
            [
                new("low", "", Engagement.NotEngaged, end, included),
                new("high", "", Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };
        var within = 0.999 * Band.Tolerance * Math.Max(1, Math.Abs(end));
        var atEnd = included ? 0 : 1;
        Assert.Equal((atEnd, atEnd, atEnd), (BandOf(0), BandOf(within), BandOf(-within)));
        Assert.Equal((1, 0), (BandOf(1.01 * within), BandOf(-1.01 * within)));

        int BandOf(double off) => model.BandOf(end + off);
    }

    [Fact]
    public void A_sum_that_rounding_put_over_an_end_stays_in_its_band_wherever_bands_are_told()
    {
        var model = Samples.Model(new EventTerm("purchase", 0, Measure.Value, 1)) with { TargetPoints = 0.3 };
        var population = new Population(Samples.Workspace);
        for (var customer = 0; customer < 1_000; customer++)
        {
            population.Record($"c-{customer}", "purchase", Samples.Noon, 0.1, account: "acme");
            population.Record($"c-{customer}", "purchase", Samples.Noon, 0.1);
            population.Record($"c-{customer}", "purchase", Samples.Noon, 0.1);
        }

        var score = population.Score("c-1", model);
        Assert.NotEqual(100, score.Score);
        Assert.Equal(("highly_engaged", "power_user", 0), (score.Band, score.NextBand!.Band, score.NextBand.Points));
        var query = new SegmentQuery { Workspace = "default" };
        var segment = SegmentTally.Summarize(
            [population.Tally(query, model, Samples.Noon)],
            query,
            model,
            Samples.Noon
        );
        Assert.Equal(1_000, segment.Bands.Single(b => b.Band == "highly_engaged").Customers);
        Assert.Equal(100, segment.EngagementIndex!.Engaged);
        var account = AccountTally.Summarize(
            [population.TallyAccount("acme", model, 30, Samples.Noon)],
            account: null,
            new AccountHealthQuery("default", "acme", 30, "", null),
            model,
            Samples.Workspace,
            Samples.Noon
        );
        Assert.Equal(1_000, account.Bands.Single(b => b.Band == "highly_engaged").Customers);
    }

    [Fact]
    public void Above_100_is_a_power_user_and_there_is_no_higher_band()
    {
        var score = Scored(100.5);
        Assert.Equal("power_user", score.Band);
        Assert.Null(score.NextBand);
    }

    [Theory]
    [InlineData(-20, 1)]
    [InlineData(0.5, 1)]
    [InlineData(55.5, 55.5)]
    [InlineData(140, 100)]
    public void The_index_is_the_score_clamped_to_1_to_100(double points, double index)
    {
        Assert.Equal(points, Scored(points).Score, 12);
        Assert.Equal(index, Scored(points).Index, 12);
    }

    [Fact]
    public void The_target_maps_points_to_the_100_scale()
    {
        var model = Samples.Model(new EventTerm("purchase", 0, Measure.Value, 2)) with { TargetPoints = 50 };
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "purchase", Samples.Noon, value: 10);
        var score = population.Score("c-1", model);
        Assert.Equal((20, 40), (score.Points, score.Score));
        Assert.Equal(0, score.NextBand!.Points);
    }

    [Fact]
    public void A_cap_limits_the_quantity_in_both_directions()
    {
        var model = Samples.Model(new EventTerm("karma", 0, Measure.Value, 3, Cap: 5));
        var population = new Population(Samples.Workspace);
        population.Record("up", "karma", Samples.Noon, value: 9);
        population.Record("down", "karma", Samples.Noon, value: -9);
        population.Record("even", "karma", Samples.Noon, value: 5);
        Assert.Equal((15, true, 9), Part(population.Score("up", model)));
        Assert.Equal((-15, true, -9), Part(population.Score("down", model)));
        Assert.Equal((15, false, 5), Part(population.Score("even", model)));

        static (double, bool, double) Part(CustomerScore score)
        {
            var part = Assert.Single(score.Contributions);
            Assert.Equal(part.Points, score.Points);
            return (part.Points, part.Capped, part.Quantity);
        }
    }

    [Fact]
    public void Momentum_tells_a_riser_from_a_fader_and_from_one_who_keeps_on()
    {
        var model = Samples.Model(new EventTerm("visit", 30, Measure.Count, 1));
        var population = new Population(Samples.Workspace);
        for (var day = 0; day < 400; day++)
        {
            population.Record("steady", "visit", Samples.DaysAgo(day));
            if (day < 10)
            {
                population.Record("riser", "visit", Samples.DaysAgo(day));
            }
            if (day > 20)
            {
                population.Record("fader", "visit", Samples.DaysAgo(day));
            }
        }
        population.Upsert("silent");
        Assert.InRange(population.Score("steady", model).Momentum!.Value, -0.05, 0.05);
        Assert.InRange(population.Score("riser", model).Momentum!.Value, 0.3, 1);
        Assert.InRange(population.Score("fader", model).Momentum!.Value, -1, -0.3);
        Assert.Null(population.Score("silent", model).Momentum);
    }

    [Fact]
    public void A_penalty_that_fades_is_no_recovery()
    {
        var model = Samples.Model(
            new EventTerm("visit", 30, Measure.Count, 1),
            new EventTerm("complaint", 30, Measure.Count, -40),
            new EventTerm("refund", 30, Measure.Value, 1)
        );
        var population = new Population(Samples.Workspace);
        population.Record("cross", "complaint", Samples.DaysAgo(20));
        population.Record("refunded", "refund", Samples.DaysAgo(20), value: -50);
        foreach (var customer in (string[])["fader", "cross fader"])
        {
            for (var day = 20; day < 100; day++)
            {
                population.Record(customer, "visit", Samples.DaysAgo(day));
            }
        }
        population.Record("cross fader", "complaint", Samples.DaysAgo(20));

        Assert.Null(population.Score("cross", model).Momentum);
        Assert.Null(population.Score("refunded", model).Momentum);
        Assert.InRange(population.Score("fader", model).Momentum!.Value, -1, -0.3);
        Assert.Equal(population.Score("fader", model).Momentum, population.Score("cross fader", model).Momentum);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(30, false)]
    public void Who_is_dormant_is_not_falling_for_ever(int quietDays, bool falls)
    {
        var model = Samples.Model(new EventTerm("visit", 30, Measure.Count, 1));
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "visit", Samples.DaysAgo(quietDays));

        var score = population.Score("c-1", model);

        Assert.Equal(falls, score.Momentum is < 0);
        Assert.Equal(falls ? Lifecycle.Active : Lifecycle.Dormant, score.Lifecycle);
    }

    [Fact]
    public void A_lifecycle_begins_new_and_ends_with_the_newest_event_that_ends_it()
    {
        var model = Samples.Model(new EventTerm("visit", 30, Measure.Count, 1));
        var population = new Population(Samples.Workspace);
        Lifecycle At(double daysLater) => population.Score("c-1", model, Samples.DaysAgo(-daysLater)).Lifecycle;
        Assert.Equal(0, population.Upsert("c-1"));
        Assert.Equal((Lifecycle.New, Lifecycle.Dormant), (At(13), At(14)));
        population.Record("c-1", "visit", Samples.DaysAgo(-20));
        Assert.Equal((Lifecycle.Active, Lifecycle.Dormant), (At(49), At(50)));
        population.Record("c-1", "subscription_cancelled", Samples.DaysAgo(-22));
        Assert.Equal(Lifecycle.Churned, At(22));
        population.Record("c-1", "visit", Samples.DaysAgo(-23));
        Assert.Equal(Lifecycle.Churned, At(23));
        // Late, and before the end.
        population.Record("c-1", "subscription_started", Samples.DaysAgo(-21));
        Assert.Equal(Lifecycle.Churned, At(23));
        population.Record("c-1", "subscription_started", Samples.DaysAgo(-22));
        Assert.Equal(Lifecycle.Active, At(23));
    }

    [Fact]
    public void A_complaint_that_has_decayed_away_leaves_nobody_at_risk()
    {
        var model = Samples.Model(new EventTerm("complaint", 7, Measure.Count, -1));
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "complaint", Samples.DaysAgo(3_000));
        Assert.Equal((0, "disengaged"), (population.Score("c-1", model).Score, population.Score("c-1", model).Band));
    }

    [Fact]
    public void Momentum_needs_two_half_lives()
    {
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Count, 1));
        var population = new Population(Samples.Workspace with { HalfLivesDays = [7] });
        population.Record("c-1", "visit", Samples.Noon);
        Assert.Null(population.Score("c-1", model).Momentum);
    }

    [Fact]
    public void A_customer_without_events_scores_0_and_has_had_no_last_event()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("new", ("plan", "trial"));
        var score = population.Score("new", Samples.Model(new EventTerm("visit", 7, Measure.Count, 1)));
        Assert.Equal(0, score.Score);
        Assert.Equal("disengaged", score.Band);
        Assert.Null(score.LastEventTime);
        Assert.Empty(score.Contributions);
    }

    [Fact]
    public void An_event_type_that_the_model_does_not_know_is_counted_and_worth_nothing_until_one_does()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "teleported", Samples.Noon);
        Assert.Equal(0, population.Score("c-1", Samples.Model(new EventTerm("visit", 0, Measure.Count, 1))).Points);
        Assert.Equal(["teleported"], population.Names.Select(use => use.Name.Name));
        Assert.Equal(
            4,
            population.Score("c-1", Samples.Model(new EventTerm("teleported", 0, Measure.Count, 4))).Points
        );
    }

    private static CustomerScore Scored(double points)
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "karma", Samples.Noon, value: points);
        return population.Score("c-1", Samples.Model(new EventTerm("karma", 0, Measure.Value, 1)));
    }
}
