using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Populations;

public sealed class SettlingSpecs
{
    private const int Customers = 10;

    private static readonly ScoringModel Model = Samples.Model(new EventTerm("login", 7, Measure.Count, 1));
    private static readonly SegmentQuery Query = new() { Workspace = "default", Top = Customers };

    [Fact]
    public void A_model_by_which_only_single_customers_are_scored_leaves_writes_nothing_to_settle()
    {
        var population = Populate(Samples.DaysAgo(1));
        Assert.False(population.CanScore(Model));
        _ = population.Score("c-0", Model);
        RecordAll(population, Samples.Noon);
        Assert.True(population.CanScore(Model));
        Assert.False(population.CanTally(Model));
        Assert.False(population.Settle(rows: 1));
        AssertTallyIsWhatScoringGives(population);
    }

    [Fact]
    public void Rows_that_changed_after_a_tally_can_be_settled_a_few_at_a_time()
    {
        var population = Populate(Samples.Noon);
        AssertTallyIsWhatScoringGives(population);
        RecordAll(population, Samples.Noon);
        Assert.False(population.CanTally(Model));
        var steps = 1;
        while (population.Settle(rows: 3))
        {
            Assert.False(population.CanTally(Model));
            steps++;
        }
        Assert.Equal(4, steps);
        Assert.True(population.CanTally(Model));
        AssertTallyIsWhatScoringGives(population);
    }

    [Fact]
    public void Between_two_steps_of_settling_a_tally_is_right()
    {
        var population = Populate(Samples.Noon);
        population.MakeReadyToTally(Model);
        RecordAll(population, Samples.Noon);
        Assert.True(population.Settle(rows: 4));
        AssertTallyIsWhatScoringGives(population);
        Assert.False(population.Settle(rows: 4));
    }

    private static Population Populate(Instant at)
    {
        var population = new Population(Samples.Workspace);
        RecordAll(population, at);
        return population;
    }

    private static void RecordAll(Population population, Instant at)
    {
        for (var customer = 0; customer < Customers; customer++)
        {
            population.Record($"c-{customer}", "login", at, customer + 1);
        }
    }

    private static void AssertTallyIsWhatScoringGives(Population population)
    {
        var statistics = SegmentTally.Summarize(
            [population.Tally(Query, Model, Samples.Noon)],
            Query,
            Model,
            Samples.Noon
        );
        Assert.Equal(Customers, statistics.Top.Count);
        foreach (var customer in statistics.Top)
        {
            Assert.Equal(population.Score(customer.CustomerId, Model).Score, customer.Score);
        }
    }
}
