using System.Buffers;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Tests.Facts;

namespace Scoring.Core.Tests.Scores;

/// <summary>What the use of features brings.</summary>
public sealed class FeatureTermSpecs
{
    private static readonly ScoringModel Uses = Samples.Model(
        new FeatureTerm(["export", "api"], FeatureMeasure.Uses, 0, 2, Cap: 4)
    );

    private static readonly ScoringModel Used = Samples.Model(
        new FeatureTerm(["export", "api"], FeatureMeasure.Distinct, 7, 5)
    );

    [Fact]
    public void Every_use_counts_up_to_the_cap()
    {
        var population = new Population(Samples.Workspace);
        Use(population, "export", days: 300, times: 3);
        Use(population, "other", days: 1);
        Assert.Equal((3, 6, false), Part(population, Uses));
        Use(population, "api", days: 1, times: 2);
        Assert.Equal((5, 8, true), Part(population, Uses));
    }

    [Fact]
    public void A_feature_counts_as_used_on_the_day_of_its_last_use_and_six_days_more()
    {
        var population = new Population(Samples.Workspace);
        Use(population, "export", days: 6);
        Use(population, "api", days: 5, times: 3);
        Use(population, "export", days: 20);
        foreach (var (days, used) in ((int, int)[])[(0, 2), (1, 1), (2, 0), (0, 2)])
        {
            var at = Samples.DaysAgo(-days);
            Assert.Equal(5 * used, population.Score("c-1", Used, at).Points);
            var query = new SegmentQuery { Workspace = "default" };
            var segment = SegmentTally.Summarize([population.Tally(query, Used, at)], query, Used, at);
            Assert.Equal(5 * used, segment.Mean);
        }
    }

    [Fact]
    public void What_happens_to_a_customer_is_no_use()
    {
        var population = new Population(Samples.Workspace);
        population.Record("c-1", "payment_failed", Samples.Noon, feature: "export");
        Assert.Empty(population.Score("c-1", Uses).Contributions);
    }

    [Fact]
    public void Uses_are_stored_and_those_from_before_they_were_count_once()
    {
        var population = new Population(Samples.Workspace);
        Use(population, "export", days: 1);
        Use(population, "api", days: 1);
        var once = Stored(population);
        Use(population, "api", days: 1);
        var more = Stored(population);

        Assert.Equal((2, 4, false), Part(Loaded(once), Uses));
        Assert.Equal((3, 6, false), Part(Loaded(more), Uses));
        Assert.Equal(once, Stored(Loaded(once)));
        Assert.Equal(more, Stored(Loaded(more)));
        Assert.NotEqual(Digest(once), Digest(more));
        var search = Samples.Model(new FeatureTerm(["search"], FeatureMeasure.Uses, 0, 1));
        Assert.Equal((1, 1, false), Part(Loaded(Convert.FromHexString(OlderForms.WithoutUses)), search));
        Assert.Equal((2, 2, false), Part(Loaded(Convert.FromHexString(OlderForms.WithoutDays)), search));
    }

    [Fact]
    public void A_feature_that_is_removed_brings_nothing_any_more_and_its_number_serves_another()
    {
        var population = new Population(Samples.Workspace);
        Use(population, "export", days: 1);
        var query = new SegmentQuery { Workspace = "default" };
        Assert.Equal(2, Mean());

        var removal = population.BeginRemoval([new(NameKind.Feature, "export")]);
        population.Remove(removal, 0);
        population.EndRemoval(removal);
        Assert.Equal(0, Mean());
        Use(population, "other", days: 1);
        Assert.Equal(0, Mean());
        Use(population, "api", days: 1);
        Assert.Equal(2, Mean());

        double? Mean() =>
            SegmentTally.Summarize([population.Tally(query, Uses, Samples.Noon)], query, Uses, Samples.Noon).Mean;
    }

    private static void Use(Population population, string feature, double days, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            population.Record("c-1", "visit", Samples.DaysAgo(days), feature: feature);
        }
    }

    private static (double Quantity, double Points, bool Capped) Part(Population population, ScoringModel model)
    {
        var part = Assert.Single(population.Score("c-1", model).Contributions);
        return (part.Quantity, part.Points, part.Capped);
    }

    private static byte[] Stored(Population population)
    {
        var target = new ArrayBufferWriter<byte>();
        population.Write(0, target);
        return target.WrittenSpan.ToArray();
    }

    private static Population Loaded(byte[] stored)
    {
        var population = new Population(Samples.Workspace);
        population.Load(stored);
        return population;
    }

    private static ulong Digest(byte[] stored) => new StoredCustomer(stored, []).Digest;
}
