using System.Buffers;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Tests.Scores;

/// <summary>Manual adjustments: behind terms and caps of dimensions, before floor and ceiling, in the unit of the score.</summary>
public sealed class AdjustmentSpecs
{
    private static readonly ScoringModel Model = Samples.Model(new EventTerm("visit", 0, Measure.Count, 2)) with
    {
        TargetPoints = 50,
    };

    [Fact]
    public void What_is_added_is_a_contribution_of_its_own_in_points_of_the_model()
    {
        var population = Visited(times: 10);
        Adjust(population, Add(12.5));

        var score = population.Score("ada", Model);

        Assert.Equal((52.5, 26.25), (score.Score, score.Points));
        Assert.Equal(new AdjustmentScore(Add(12.5), 6.25), score.Adjustment);
        Assert.Equal(20, Assert.Single(score.Contributions).Points);
        Assert.Equal("somewhat_engaged", score.Band);
        Assert.Equal(8.75, score.NextBand!.Points);
        // The same score under other target points.
        var doubled = population.Score("ada", Model with { TargetPoints = 100, Version = 2 });
        Assert.Equal((32.5, 12.5), (doubled.Score, doubled.Adjustment!.Points));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(-7.3)]
    [InlineData(0)]
    public void A_score_that_is_set_stays_whatever_happens_and_says_what_it_brings(double set)
    {
        var population = Visited(times: 10);
        var third = Model with { TargetPoints = 0.3 };
        Adjust(population, Set(set));
        population.Record("ada", "visit", Samples.Noon);

        Assert.Equal(set, population.Score("ada", third).Score);
        var score = population.Score("ada", Model);
        Assert.Equal(set, score.Score);
        Assert.Equal((set / 2) - 22, score.Adjustment!.Points, 1e-9);
        Assert.Null(score.NextBand);
        Assert.Empty(score.CutOffs);
    }

    [Fact]
    public void Floor_and_ceiling_limit_what_is_adjusted_and_tell_what_they_cut_off()
    {
        var limited = Model with { Floor = 5, Ceiling = 60 };
        var population = Visited(times: 10);

        Adjust(population, Add(30));
        AssertCut(60, LimitKind.Ceiling, -5);
        Adjust(population, Add(-50));
        AssertCut(5, LimitKind.Floor, 7.5);
        Adjust(population, Set(100));
        AssertCut(60, LimitKind.Ceiling, -20);

        void AssertCut(double expected, LimitKind by, double points)
        {
            var score = population.Score("ada", limited);
            Assert.Equal(expected, score.Score);
            Assert.Equal([new CutOff(by, "", points)], score.CutOffs);
        }
    }

    [Fact]
    public void An_adjustment_holds_up_to_its_expiry_and_is_not_told_of_afterwards()
    {
        var population = Visited(times: 10);
        var end = Samples.DaysAgo(-30);
        Adjust(population, Add(10) with { ExpireTime = end });

        var before = new Instant(end.Ticks - 1);
        Assert.Equal(
            (50, 40),
            (population.Score("ada", Model, before).Score, population.Score("ada", Model, end).Score)
        );
        Assert.Null(population.Score("ada", Model, end).Adjustment);
        Assert.Single(population.Describe(0, before).Adjustments);
        Assert.Empty(population.Describe(0, end).Adjustments);
        Assert.Empty(population.FindAdjustments(new("default", "", "", 10), end));
        Assert.False(population.Adjust(0, Model.Name, adjustment: null, end));
    }

    [Fact]
    public void Another_model_is_not_concerned_and_every_version_of_its_own_is()
    {
        var population = Visited(times: 10);
        Adjust(population, Add(10));

        Assert.Equal(40, population.Score("ada", Model with { Name = "other" }).Score);
        Assert.Equal(50, population.Score("ada", Model with { Version = 7 }).Score);
        Assert.Null(population.Score("ada", Model with { Name = "other" }).Adjustment);
    }

    [Fact]
    public void A_put_takes_the_place_of_the_one_there_was_and_room_is_made_by_what_has_expired()
    {
        var population = Visited(times: 1);
        for (var i = 0; i < Limits.Adjustments; i++)
        {
            var end = i == 0 ? Samples.DaysAgo(-1) : (Instant?)null;
            Assert.True(Adjust(population, Add(1) with { Model = $"m{i:00}", ExpireTime = end }));
        }

        Assert.False(Adjust(population, Add(1) with { Model = "more" }));
        Assert.True(Adjust(population, Add(2) with { Model = "m07" }));
        Assert.Equal(2, population.Describe(0, Samples.Noon).Adjustments[7].Score);
        Assert.True(population.Adjust(0, "more", Add(1) with { Model = "more" }, Samples.DaysAgo(-1)));
        Assert.Equal(
            [.. Enumerable.Range(1, Limits.Adjustments - 1).Select(i => $"m{i:00}"), "more"],
            population.Describe(0, Samples.Noon).Adjustments.Select(of => of.Model)
        );
    }

    [Fact]
    public void They_are_stored_with_their_customer_and_go_with_it()
    {
        var population = Visited(times: 3);
        var without = Stored(population);
        ScoreAdjustment[] put = [Add(10) with { ExpireTime = Samples.DaysAgo(-3) }, Set(-1.5) with { Model = "other" }];
        Array.ForEach(put, of => Adjust(population, of));

        var copy = new Population(Samples.Workspace);
        copy.Load(Stored(population));

        Assert.Equal(put, copy.Describe(0, Samples.Noon).Adjustments);
        Assert.Equal(Stored(population), Stored(copy));
        Assert.Equal(population.Score("ada", Model).Score, copy.Score("ada", Model).Score);
        Array.ForEach(put, of => Assert.True(copy.Adjust(0, of.Model, adjustment: null, Samples.Noon)));
        // As it was stored before there were any.
        Assert.Equal(without, Stored(copy));
        population.Delete(0);
        population.Record("bob", "visit", Samples.Noon);
        Assert.Empty(population.Describe(population.Find("bob"), Samples.Noon).Adjustments);
        Assert.Empty(population.FindAdjustments(new("default", "", "", 10), Samples.Noon));
    }

    [Fact]
    public void A_stored_customer_that_is_cut_short_or_damaged_is_refused_or_read_as_another()
    {
        var population = Visited(times: 3);
        var without = Stored(population).Length;
        Adjust(population, Add(10));
        var stored = Stored(population);

        for (var length = without + 1; length < stored.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => new Population(Samples.Workspace).Load(stored.AsSpan(0, length)));
        }
        for (var bit = without * 8; bit < stored.Length * 8; bit++)
        {
            var flipped = stored.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var error = Record.Exception(() => new Population(Samples.Workspace).Load(flipped));
            Assert.True(error is null or InvalidDataException, $"bit {bit}: {error}");
        }
    }

    [Fact]
    public void A_filter_finds_those_whose_score_is_adjusted_in_a_model()
    {
        var population = Visited(times: 1);
        population.Record("bob", "visit", Samples.Noon);
        population.Record("cyd", "visit", Samples.Noon);
        Adjust(population, Add(10));
        population.Adjust(1, "other", Set(3) with { Model = "other" }, Samples.Noon);

        Assert.Equal(1, Count("adjusted(engagement)"));
        Assert.Equal(2, Count("NOT adjusted(engagement)"));
        Assert.Equal(2, Count("adjusted(engagement) OR adjusted(other)"));
        Assert.Equal(0, Count("adjusted(nothing)"));

        long Count(string filter)
        {
            var query = new SegmentQuery { Workspace = "default", Filter = Filter.Parse(filter) };
            return SegmentTally
                .Summarize([population.Tally(query, Model, Samples.Noon)], query, Model, Samples.Noon)
                .Customers;
        }
    }

    private static ScoreAdjustment Add(double score) =>
        new(Model.Name, AdjustmentKind.Add, score, "Because.", "ada", Samples.DaysAgo(1), ExpireTime: null);

    private static ScoreAdjustment Set(double score) => Add(score) with { Kind = AdjustmentKind.Set };

    private static bool Adjust(Population population, ScoreAdjustment adjustment) =>
        population.Adjust(0, adjustment.Model, adjustment, Samples.Noon);

    private static Population Visited(int times)
    {
        var population = new Population(Samples.Workspace);
        for (var i = 0; i < times; i++)
        {
            population.Record("ada", "visit", Samples.Noon);
        }
        return population;
    }

    private static byte[] Stored(Population population)
    {
        var buffer = new ArrayBufferWriter<byte>();
        population.Write(0, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
