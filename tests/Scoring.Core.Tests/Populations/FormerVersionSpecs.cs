using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Populations;

namespace Scoring.Core.Tests.Populations;

/// <summary>Columns are kept for former versions of a model as well, and cost neither readers of the current one theirs nor writers anything for long.</summary>
public sealed class FormerVersionSpecs
{
    private static readonly ScoringModel Current = Version(9);

    [Fact]
    public void Reads_by_former_versions_leave_the_current_one_its_columns()
    {
        var population = Populate(10);
        population.MakeReadyToTally(Current);

        for (var version = 1; version < 9; version++)
        {
            population.MakeReadyToTally(Version(version));
            Assert.True(population.CanTally(Current));
        }
    }

    [Fact]
    public void Readers_of_a_former_version_and_of_the_current_one_do_not_take_each_other_theirs()
    {
        var population = Populate(10);
        var former = Version(3);

        population.MakeReadyToTally(former);
        population.MakeReadyToTally(Current);
        population.MakeReadyToScore(Version(4));

        Assert.True(population.CanTally(former));
        Assert.True(population.CanTally(Current));
    }

    [Fact]
    public void Former_versions_make_room_for_each_other_and_for_models_before_others_do()
    {
        var population = Populate(10);
        var former = Enumerable.Range(1, 8).Select(Version).ToList();
        population.MakeReadyToTally(Current);
        former.ForEach(population.MakeReadyToTally);
        Assert.Equal(4, former.Count(population.CanTally));

        var others = Enumerable.Range(0, 15).Select(i => Version(1) with { Name = $"m{i}" }).ToList();
        others.ForEach(population.MakeReadyToTally);

        Assert.True(population.CanTally(Current));
        Assert.All(others, other => Assert.True(population.CanTally(other)));
        Assert.DoesNotContain(former, population.CanTally);
    }

    [Fact]
    public void Columns_of_a_former_version_that_nobody_reads_are_dropped_once_as_much_was_written_as_there_is()
    {
        var population = Populate(2_000);
        var former = Version(3);
        population.MakeReadyToTally(former);
        population.MakeReadyToTally(Current);

        RecordAll(population, 2_000);
        population.Settle();
        Assert.True(population.CanTally(former));

        RecordAll(population, 1);
        population.Settle();
        Assert.False(population.CanTally(former));
        Assert.True(population.CanTally(Current));
    }

    [Fact]
    public void Columns_of_a_former_version_that_somebody_reads_stay()
    {
        var population = Populate(2_000);
        var former = Version(3);
        population.MakeReadyToTally(Current);
        for (var round = 0; round < 4; round++)
        {
            population.MakeReadyToTally(former);
            RecordAll(population, 1_500);
            population.Settle();
        }
        Assert.True(population.CanTally(former));
    }

    private static ScoringModel Version(int version) =>
        Samples.Model(new EventTerm("login", 7, Measure.Count, version)) with
        {
            Version = version,
        };

    private static Population Populate(int customers)
    {
        var population = new Population(Samples.Workspace);
        RecordAll(population, customers);
        return population;
    }

    private static void RecordAll(Population population, int customers)
    {
        for (var customer = 0; customer < customers; customer++)
        {
            population.Record($"c-{customer}", "login", Samples.Noon);
        }
    }
}
