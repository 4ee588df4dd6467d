using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>Average precision and lift by hand, and whatever order equal scores come in.</summary>
public sealed class RankingSpecs
{
    [Fact]
    public void Average_precision_weighs_precision_by_the_recall_that_it_adds()
    {
        // At 0.9: 1 of 1; at 0.8: 1 of 2; at 0.4 and 0.4: 3 of 4.
        var outcomes = new Outcomes([0.4, 0.9, 0.1, 0.8, 0.4], [true, true, false, false, true]);

        Assert.Equal((1.0 / 3) + (2.0 / 3 * 3 / 4), AveragePrecision.Of(outcomes)!.Value, 1e-14);
        Assert.Equal(0.4, AveragePrecision.Of(new([1, 1, 1, 1, 1], [true, false, true, false, false]))!.Value, 1e-14);
        Assert.Null(AveragePrecision.Of(new([1, 2], [false, false])));
    }

    [Fact]
    public void Average_precision_is_that_of_every_threshold()
    {
        var outcomes = ReferenceSample.Of(ReferenceSample.TiedA);
        var (expected, before) = (0.0, 0);
        foreach (var threshold in ReferenceSample.TiedA.Distinct().OrderDescending())
        {
            bool[] chosen = [.. ReferenceSample.Happened.Where((_, i) => ReferenceSample.TiedA[i] >= threshold)];
            var found = chosen.Count(did => did);
            expected += (double)found / chosen.Length * (found - before) / outcomes.Positives;
            before = found;
        }

        Assert.Equal(expected, AveragePrecision.Of(outcomes)!.Value, 1e-14);
    }

    [Fact]
    public void Lift_is_the_rate_of_a_tenth_over_that_of_all()
    {
        // 20 rows in two a tenth; it happens to the highest three and to the lowest.
        var scores = Enumerable.Range(0, 20).Select(i => (double)i).ToArray();
        var lifts = Lift.Of(new(scores, [.. scores.Select(score => score is >= 17 or 0)]));

        Assert.Equal(10, lifts.Count);
        Assert.All(lifts, lift => Assert.Equal(2, lift.Count));
        Assert.Equal([2, 1, 0, 0, 0, 0, 0, 0, 0, 1], lifts.Select(lift => lift.Positives));
        Assert.Equal(5, lifts[0].Value, 1e-12);
        Assert.Equal(2.5, lifts[1].Value, 1e-12);
        Assert.Equal([0.5, 0.75, 0.75], lifts.Take(3).Select(lift => lift.Captured));
        Assert.Equal(1, lifts[^1].Captured, 1e-12);
    }

    [Fact]
    public void Equal_scores_are_shared_out_among_tenths()
    {
        var happened = new bool[25];
        happened[3] = happened[4] = true;

        var lifts = Lift.Of(new(new double[25], happened));

        Assert.All(lifts, lift => Assert.Equal(1, lift.Value, 12));
        Assert.Equal(25, lifts.Sum(lift => lift.Count));
        Assert.Equal(2, lifts.Sum(lift => lift.Positives), 1e-12);
    }

    [Fact]
    public void Where_nothing_happened_or_there_are_few_rows_there_is_no_lift()
    {
        Assert.Empty(Lift.Of(new(new double[20], new bool[20])));
        Assert.Empty(Lift.Of(new([1, 2], [true, false])));
    }

    [Fact]
    public void Leads_are_told_by_their_quartiles()
    {
        static TimeSpan Days(double days) => TimeSpan.FromDays(days);

        var lead = LeadTime.Of([Days(40), null, Days(10), Days(20), Days(50)]);

        Assert.Equal((5, 4), (lead.Happened, lead.Warned));
        Assert.Equal(Days(30), lead.Median);
        Assert.Equal(Days(17.5), lead.LowerQuartile);
        Assert.Equal(Days(42.5), lead.UpperQuartile);
        Assert.Null(LeadTime.Of([null]).Median);
    }
}
