using Scoring.Core.Lifecycles;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Oracle;

namespace Scoring.Core.Tests.Segments;

public sealed class SegmentAgainstScoring
{
    [Fact]
    public void Statistics_are_those_of_scoring_every_member() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var scores = Scores(population, scenario);
            var query = Query(scenario);
            var statistics = Summarize([population], query, scenario);

            Assert.Equal(scores.Count, statistics.Customers);
            Assert.Equal(scores.Min(s => s.Score), statistics.Min);
            Assert.Equal(scores.Max(s => s.Score), statistics.Max);
            var mean = scores.Average(s => s.Score);
            var scale = scores.Max(s => Math.Abs(s.Score));
            Assert.Equal(mean, statistics.Mean!.Value, tolerance: 1e-9 * Math.Max(1, scale));
            var deviation = Math.Sqrt(scores.Average(s => Math.Pow(s.Score - mean, 2)));
            Assert.Equal(deviation, statistics.StandardDeviation!.Value, tolerance: 1e-9 * Math.Max(1, scale));
            Assert.Equal(
                scenario.Model.Bands.Select(b => (long)scores.Count(s => s.Band == b.Name)),
                statistics.Bands.Select(b => b.Customers)
            );
            Assert.Equal(
                statistics.Histogram.Select(b =>
                    (long)scores.Count(s => (b.From is null || s.Score >= b.From) && (b.To is null || s.Score < b.To))
                ),
                statistics.Histogram.Select(b => b.Customers)
            );
            AssertPercentiles([.. scores.Select(s => s.Score).Order()], statistics, scale);
            AssertRanks(scores, statistics);
            AssertActivity(scenario, statistics);
            AssertLifecycles(scenario, statistics);
            AssertTotals(scenario, statistics);
        });

    [Fact]
    public void Populations_that_share_the_customers_give_the_same_statistics() =>
        Scenario.ForAll(scenario =>
        {
            var whole = Summarize([scenario.Populate()], Query(scenario), scenario);
            var parts = Enumerable
                .Range(0, 3)
                .Select(part => scenario.Populate(scenario.Events.Where(e => e.Customer[^1] % 3 == part)));
            var merged = Summarize([.. parts], Query(scenario), scenario);

            Assert.Equal(whole.Customers, merged.Customers);
            Assert.Equal(whole.Min, merged.Min);
            Assert.Equal(whole.Max, merged.Max);
            var scale = Math.Max(1, Math.Max(Math.Abs(whole.Min!.Value), Math.Abs(whole.Max!.Value)));
            Assert.Equal(whole.Mean!.Value, merged.Mean!.Value, tolerance: 1e-9 * scale);
            Assert.Equal(whole.Bands, merged.Bands);
            Assert.Equal(whole.Histogram, merged.Histogram);
            Assert.Equal(whole.Activity, merged.Activity);
            Assert.Equal(whole.Top, merged.Top);
            Assert.Equal(whole.Bottom, merged.Bottom);
            Assert.Equal(whole.Percentiles, merged.Percentiles);
        });

    [Fact]
    public void A_model_read_before_the_events_came_gives_the_same_as_one_read_after() =>
        Scenario.ForAll(
            scenario =>
            {
                var read = new Population(scenario.Settings);
                foreach (var e in scenario.Events)
                {
                    read.Record(e);
                    _ = read.Tally(Query(scenario), scenario.Model, scenario.ReadTime);
                    scenario.SetPlansAndAdjustments(read);
                }
                Assert.Equivalent(
                    Summarize([scenario.Populate()], Query(scenario), scenario),
                    Summarize([read], Query(scenario), scenario),
                    strict: true
                );
            },
            tests: 100
        );

    [Fact]
    public void Lifecycle_and_momentum_are_those_of_all_events_in_whatever_order_they_came() =>
        Scenario.ForAll(scenario =>
        {
            var (oracle, settings) = (scenario.Oracle, scenario.Settings.Lifecycle);
            foreach (var events in new[] { scenario.Events, [.. scenario.Events.Reverse()] })
            {
                var population = scenario.Populate(events);
                foreach (var score in Scores(population, scenario))
                {
                    var id = score.CustomerId;
                    Assert.Equal(oracle.LifecycleOf(id, settings, scenario.ReadTime), score.Lifecycle);
                    Assert.Equal(oracle.IsInGrace(id, scenario.Model, scenario.ReadTime), score.InGrace);
                    var halfLives = scenario.Settings.HalfLivesDays;
                    var momentum = oracle.Momentum(id, scenario.Model, halfLives, settings, scenario.ReadTime);
                    Assert.Equal(momentum is null, score.Momentum is null);
                    Assert.Equal(momentum ?? 0, score.Momentum ?? 0, tolerance: 1e-6);
                }
            }
        });

    [Fact]
    public void The_lowest_scored_can_leave_out_who_has_churned_or_is_in_grace() =>
        Scenario.ForAll(scenario =>
        {
            var population = scenario.Populate();
            var kept = Scores(population, scenario).Where(s => s.Lifecycle != Lifecycle.Churned && !s.InGrace);
            var query = Query(scenario) with { BottomWithoutChurned = true };
            var statistics = Summarize([population], query, scenario);
            Assert.Equal(
                kept.OrderBy(s => s.Score).ThenBy(s => s.CustomerId, StringComparer.Ordinal).Take(2).Select(Ranked),
                statistics.Bottom
            );
        });

    [Fact]
    public void Customers_that_are_ahead_are_left_out_of_all_figures_and_counted() =>
        Scenario.ForAll(scenario =>
        {
            var oracle = scenario.Oracle;
            // Half of the customers are, as if the clock had been there when the others had their newest event.
            var newest = scenario
                .Events.GroupBy(e => e.Customer)
                .Select(g => g.Max(e => e.OccurredAt))
                .Order()
                .ToList();
            var now = newest[(newest.Count - 1) / 2];
            var there = scenario.Events.GroupBy(e => e.Customer).Where(g => g.All(e => e.OccurredAt <= now)).ToList();
            var without = scenario with { Events = [.. there.SelectMany(g => g)], ReadTime = now };
            var query = Query(scenario);
            var expected = Summarize([without.Populate()], query, without);

            var tally = scenario.Populate().Tally(query, scenario.Model, now, aheadFrom: now);
            Assert.Equal(now, tally.NewestEvent);
            var actual = SegmentTally.Summarize([tally], query, scenario.Model, now);

            Assert.Equal(oracle.Customers.Count - there.Count, actual.AheadCustomers);
            Assert.Equivalent(expected, actual with { AheadCustomers = 0 }, strict: true);

            var account = scenario.Populate().TallyAccount("acme", scenario.Model, 30, now, aheadFrom: now);
            var members = oracle.Customers.Where(c => oracle.AccountOf(c) == "acme").ToList();
            Assert.Equal(members.Count(c => there.TrueForAll(g => g.Key != c)), account.AheadCustomers);
            Assert.Equal(members.Count, account.Customers + account.AheadCustomers);
            Assert.True(account.NewestEvent <= now);
        });

    private static RankedCustomer Ranked(CustomerScore score) =>
        new(score.CustomerId, score.Score)
        {
            AccountId = score.AccountId,
            Lifecycle = score.Lifecycle,
            Momentum = score.Momentum,
        };

    private static void AssertLifecycles(Scenario scenario, SegmentStatistics statistics)
    {
        var (oracle, settings) = (scenario.Oracle, scenario.Settings.Lifecycle);
        var stages = oracle.Customers.Select(c => oracle.LifecycleOf(c, settings, scenario.ReadTime)).ToList();
        Assert.Equal(
            Enum.GetValues<Lifecycle>()
                .Select(stage => (stage, stages.LongCount(s => s == stage)))
                .Select(s => new LifecycleCount(s.stage, s.Item2, (double)s.Item2 / stages.Count)),
            statistics.Lifecycles
        );
    }

    private static SegmentQuery Query(Scenario scenario) =>
        new()
        {
            Workspace = scenario.Settings.Name,
            Percentiles = [0, 5, 33.3, 50, 95, 100],
            Top = 3,
            Bottom = 2,
            EventTotals = true,
        };

    private static SegmentStatistics Summarize(Population[] populations, SegmentQuery query, Scenario scenario) =>
        SegmentTally.Summarize(
            [.. populations.Select(p => p.Tally(query, scenario.Model, scenario.ReadTime))],
            query,
            scenario.Model,
            scenario.ReadTime
        );

    private static List<CustomerScore> Scores(Population population, Scenario scenario) =>
        [
            .. Enumerable
                .Range(0, population.Count)
                .Select(row => population.Score(row, scenario.Model, scenario.ReadTime)),
        ];

    private static void AssertPercentiles(double[] sorted, SegmentStatistics statistics, double scale)
    {
        foreach (var (percentile, score) in statistics.Percentiles)
        {
            var rank = percentile / 100 * (sorted.Length - 1);
            var below = sorted[(int)Math.Floor(rank)];
            var above = sorted[(int)Math.Ceiling(rank)];
            var expected = below + ((rank - Math.Floor(rank)) * (above - below));
            Assert.Equal(expected, score, tolerance: 1e-9 * Math.Max(1, scale));
        }
    }

    private static void AssertRanks(List<CustomerScore> scores, SegmentStatistics statistics)
    {
        var byId = scores.OrderBy(s => s.CustomerId, StringComparer.Ordinal).ToList();
        Assert.Equal(byId.OrderByDescending(s => s.Score).Take(3).Select(Ranked), statistics.Top);
        Assert.Equal(byId.OrderBy(s => s.Score).Take(2).Select(Ranked), statistics.Bottom);
    }

    private static void AssertActivity(Scenario scenario, SegmentStatistics statistics)
    {
        var today = NaiveOracle.Day(scenario.ReadTime);
        var oracle = scenario.Oracle;
        long Active(int days) =>
            oracle.Customers.Count(c => oracle.ActiveDays(c).Any(d => d > today - days && d <= today));
        var complete = oracle
            .Customers.Select(c => oracle.ActiveDays(c).Count(d => d >= today - 30 && d < today))
            .Where(days => days > 0)
            .ToList();
        Assert.Equal(
            new Activity(Active(1), Active(7), Active(30), complete.Count, complete.Sum()),
            statistics.Activity
        );
    }

    private static void AssertTotals(Scenario scenario, SegmentStatistics statistics)
    {
        var expected = scenario.Events.GroupBy(e => e.Type).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Select(g => g.Key), statistics.EventTotals.Select(t => t.EventType));
        foreach (var (group, total) in expected.Zip(statistics.EventTotals))
        {
            Assert.Equal(group.Count(), total.Count);
            Assert.Equal(group.Select(e => e.Customer).Distinct().Count(), total.Customers);
            Assert.Equal(
                group.Sum(e => e.Value),
                total.Value,
                tolerance: 1e-9 * Math.Max(1, group.Sum(e => Math.Abs(e.Value)))
            );
        }
    }
}
