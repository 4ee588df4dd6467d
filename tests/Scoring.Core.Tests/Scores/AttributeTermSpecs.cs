using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Scores;

/// <summary>What attributes bring.</summary>
public sealed class AttributeTermSpecs
{
    private static readonly ScoringModel Fit = Samples.Model(
        new AttributeTerm("plan", ["enterprise", "pro"], [], 10),
        new AttributeTerm("seats", [], [new(-10, -1), new(5, 1), new(50, 3)], 4, Cap: 2)
    );

    [Theory]
    [InlineData("enterprise", "", 10)]
    [InlineData("Enterprise", "", 0)]
    [InlineData("pro", "5", 14)]
    [InlineData("free", "4.99", -4)]
    [InlineData("", "-11", 0)]
    [InlineData("", "-10", -4)]
    [InlineData("", "50", 8)]
    [InlineData("", " 1e3 ", 8)]
    [InlineData("", "some", 0)]
    [InlineData("", "NaN", 0)]
    public void Points_are_those_of_the_value_or_of_the_step_that_the_number_lies_in(
        string plan,
        string seats,
        double points
    )
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("c-1", ("plan", plan), ("seats", seats));
        Assert.Equal(points, population.Score("c-1", Fit).Points);
        Assert.Equal(points, Mean(population));
    }

    [Fact]
    public void A_change_is_seen_at_once_in_figures_of_many()
    {
        var population = new Population(Samples.Workspace);
        population.Upsert("c-1", ("plan", "pro"));
        population.Upsert("c-2", ("plan", "free"));
        Assert.Equal(5, Mean(population));
        population.Upsert("c-2", ("plan", "enterprise"), ("seats", "7"));
        Assert.Equal(12, Mean(population));
        population.Upsert("c-1", ("plan", ""));
        Assert.Equal(7, Mean(population));
        Remove(population, "seats");
        Assert.Equal(5, Mean(population));
    }

    private static void Remove(Population population, string key)
    {
        var removal = population.BeginRemoval([new(NameKind.CustomerAttribute, key)]);
        for (var row = 0; row < population.Count; row++)
        {
            // Others read meanwhile.
            _ = Mean(population);
            population.Remove(removal, row);
        }
        population.EndRemoval(removal);
    }

    private static double? Mean(Population population)
    {
        var query = new SegmentQuery { Workspace = "default" };
        return SegmentTally.Summarize([population.Tally(query, Fit, Samples.Noon)], query, Fit, Samples.Noon).Mean;
    }
}
