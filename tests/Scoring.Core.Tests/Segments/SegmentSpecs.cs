using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Segments;

public sealed class SegmentSpecs
{
    private static readonly ScoringModel Model = Samples.Model(new EventTerm("visit", 0, Measure.Count, 10));

    [Fact]
    public void A_segment_with_no_customers_has_absent_figures()
    {
        var statistics = Statistics(new Population(Samples.Workspace));
        Assert.Equal(0, statistics.Customers);
        Assert.Null(statistics.Mean);
        Assert.Null(statistics.StandardDeviation);
        Assert.Null(statistics.Min);
        Assert.Null(statistics.Max);
        Assert.Null(statistics.EngagementIndex);
        Assert.Null(statistics.Activity);
        Assert.Empty(statistics.Percentiles);
        Assert.All(statistics.Bands, band => Assert.Null(band.Share));
    }

    [Fact]
    public void A_filter_takes_those_who_have_every_value()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("a", ("plan", "pro"), ("country", "DE"));
        population.Upsert("b", ("plan", "pro"), ("country", "US"));
        population.Upsert("c", ("plan", "free"), ("country", "DE"));
        population.Upsert("d");
        Assert.Equal(["a", "b"], Members(population, "plan = \"pro\""));
        Assert.Equal(["a"], Members(population, "plan = \"pro\" AND country = \"DE\""));
        Assert.Equal(["a", "b", "c", "d"], Members(population, ""));
        Assert.Empty(Members(population, "plan = \"enterprise\""));
        Assert.Empty(Members(population, "industry = \"law\""));
        Assert.Empty(Members(population, "plan = \"\""));
    }

    [Fact]
    public void An_attribute_is_replaced_and_removed()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("a", ("plan", "free"), ("country", "DE"));
        population.Upsert("a", ("plan", "pro"));
        Assert.Equal(["a"], Members(population, "plan = \"pro\" AND country = \"DE\""));
        population.Upsert("a", ("country", ""));
        Assert.Empty(Members(population, "country = \"DE\""));
        Assert.Equal(["plan"], population.Score("a", Model).Attributes.Select(a => a.Key));
    }

    [Fact]
    public void A_workspace_has_a_bounded_number_of_attribute_keys()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("a", [.. Enumerable.Range(0, Limits.Attributes).Select(i => ($"k{i}", "v"))]);
        var update = new CustomerUpdate("b", "", [KeyValuePair.Create("one-more", "v")]);
        var rejection = population.Upsert(update, Samples.Noon, index: 7, out var row);
        Assert.Equal(
            (7, RejectionReason.LimitExceeded, "attributes"),
            (rejection!.Index, rejection.Reason, rejection.Field)
        );
        Assert.Equal(-1, row);
        Assert.Equal(-1, population.Find("b"));
    }

    [Fact]
    public void The_engagement_index_shares_out_all_customers()
    {
        var population = new Population(Samples.Workspace);
        for (var customer = 0; customer < 12; customer++)
        {
            for (var visits = 0; visits < customer; visits++)
            {
                population.Record($"c-{customer:00}", "visit", Samples.Noon);
            }
        }
        population.Upsert("c-00");
        var statistics = Statistics(population);
        // Scores 0, 10 .. 110: five up to 40, three up to 70, four above.
        Assert.Equal(100 * 4 / 12.0, statistics.EngagementIndex!.Engaged, 12);
        Assert.Equal(100 * 3 / 12.0, statistics.EngagementIndex.SomewhatEngaged, 12);
        Assert.Equal(100 * 5 / 12.0, statistics.EngagementIndex.NotEngaged, 12);
    }

    [Fact]
    public void Stickiness_is_that_of_complete_days_whatever_the_time_of_the_day()
    {
        var midnight = Samples.Noon - TimeSpan.FromHours(12);
        var population = new Population(Samples.Workspace);
        for (var day = 1; day <= 30; day++)
        {
            population.Record("daily", "visit", midnight - TimeSpan.FromDays(day));
        }
        population.Record("once", "visit", midnight - TimeSpan.FromDays(30));
        population.Record("before", "visit", midnight - TimeSpan.FromDays(31));

        var atMidnight = At(midnight);
        population.Record("daily", "visit", Samples.Noon);
        var atNoon = At(Samples.Noon);

        Assert.Equal((31 / 30.0, 2), (atMidnight.MeanDailyActive, atMidnight.CompleteMonthlyActive));
        Assert.Equal((31 / 30.0 / 2, 0), (atMidnight.Stickiness, atMidnight.StickinessToday));
        Assert.Equal((31 / 30.0 / 2, 1), (atNoon.Stickiness, atNoon.StickinessToday));
        // Today's visit leaves the month that ends with the day before it leaves the complete days.
        Assert.Equal((1 / 30.0, null), Stickiness(At(Samples.Noon + TimeSpan.FromDays(30))));
        Assert.Equal((null, null), Stickiness(At(Samples.Noon + TimeSpan.FromDays(31))));

        Activity At(Instant instant) => Statistics(population, at: instant).Activity!;

        static (double?, double?) Stickiness(Activity activity) => (activity.Stickiness, activity.StickinessToday);
    }

    [Fact]
    public void A_passive_event_counts_and_makes_nobody_active()
    {
        var population = new Population(Samples.Workspace);
        population.Record("a", "payment_failed", Samples.Noon);
        population.Record("b", "visit", Samples.Noon);
        var statistics = Statistics(population, new SegmentQuery { Workspace = "default", EventTotals = true });
        Assert.Equal(new Activity(1, 1, 1, 0, 0), statistics.Activity);
        Assert.Equal(1, statistics.EventTotals.Single(t => t.EventType == "payment_failed").Count);
    }

    [Fact]
    public void Customers_dormant_for_decades_are_scored_exactly_at_their_own_time()
    {
        var settings = Samples.Workspace with { HalfLivesDays = [1] };
        var model = Samples.Model(new EventTerm("visit", 1, Measure.Count, 1));
        var population = new Population(settings);
        population.Record("dormant", "visit", Samples.DaysAgo(9_000));
        population.Upsert("dormant", ("era", "old"));
        population.Record("awake", "visit", Samples.Noon);
        var readTime = Samples.DaysAgo(8_999);
        var query = new SegmentQuery { Workspace = "default", Filter = Filter.Parse("era = \"old\"") };
        var tally = population.Tally(query, model, readTime);
        Assert.Equal(Samples.DaysAgo(9_000), tally.NewestEvent);
        Assert.Equal(0.5, SegmentTally.Summarize([tally], query, model, readTime).Mean!.Value, 12);
    }

    private static IEnumerable<string> Members(Population population, string filter) =>
        Statistics(
            population,
            new SegmentQuery
            {
                Workspace = "default",
                Filter = Filter.Parse(filter),
                Bottom = 10,
            }
        )
            .Bottom.Select(customer => customer.CustomerId);

    private static SegmentStatistics Statistics(Population population, SegmentQuery? query = null, Instant? at = null)
    {
        query ??= new SegmentQuery { Workspace = "default", Percentiles = [50] };
        var readTime = at ?? Samples.Noon;
        return SegmentTally.Summarize([population.Tally(query, Model, readTime)], query, Model, readTime);
    }
}
