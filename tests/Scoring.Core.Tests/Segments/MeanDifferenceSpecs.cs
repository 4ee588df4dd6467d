using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Segments;

/// <summary>A difference between two segments is what a textbook gives.</summary>
public sealed class MeanDifferenceSpecs
{
    // The classic data of sleep (Student, 1908), as R has it: t.test(extra ~ group, data = sleep).
    private static readonly double[] First = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] Second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    [Fact]
    public void Interval_is_that_of_Welch()
    {
        var difference = MeanDifference.Between(Of(First), Of(Second))!;

        Assert.Equal(-1.58, difference.Difference, 10);
        Assert.Equal(-3.3654832, difference.Lower!.Value, 6);
        Assert.Equal(0.2054832, difference.Upper!.Value, 6);
    }

    [Fact]
    public void Effect_size_is_the_difference_in_pooled_deviations_without_the_bias_of_few()
    {
        var difference = MeanDifference.Between(Of(First), Of(Second))!;
        var pooled = Math.Sqrt((SampleVariance(First) + SampleVariance(Second)) / 2);

        Assert.Equal(-1.58 / pooled * (1 - (3 / 71.0)), difference.EffectSize!.Value, 10);
    }

    [Fact]
    public void Swapped_segments_differ_by_as_much_the_other_way()
    {
        var there = MeanDifference.Between(Of(First), Of(Second))!;
        var back = MeanDifference.Between(Of(Second), Of(First))!;

        Assert.Equal(
            (-there.Difference, -there.Upper!.Value, -there.Lower!.Value),
            (back.Difference, back.Lower!.Value, back.Upper!.Value)
        );
        Assert.Equal(-there.EffectSize!.Value, back.EffectSize!.Value);
    }

    [Fact]
    public void Where_there_is_too_little_to_tell_figures_are_absent()
    {
        Assert.Null(MeanDifference.Between(Of([]), Of(First)));
        Assert.Null(MeanDifference.Between(Of(First), Of([])));
        Assert.Equal(new MeanDifference(2, null, null, null), MeanDifference.Between(Of([5]), Of([3, 3])));
        Assert.Equal(new MeanDifference(2, 2, 2, null), MeanDifference.Between(Of([5, 5]), Of([3, 3])));
    }

    private static double SampleVariance(double[] scores) =>
        scores.Sum(s => Math.Pow(s - scores.Average(), 2)) / (scores.Length - 1);

    private static SegmentStatistics Of(double[] scores) =>
        new()
        {
            Lifecycles = [],
            Customers = scores.Length,
            Mean = scores.Length == 0 ? null : scores.Average(),
            StandardDeviation =
                scores.Length == 0 ? null : Math.Sqrt(scores.Average(s => Math.Pow(s - scores.Average(), 2))),
            Percentiles = [],
            Histogram = [],
            Bands = [],
            Top = [],
            Bottom = [],
            EventTotals = [],
            ReadTime = Samples.Noon,
            ModelName = "engagement",
            ModelVersion = 1,
        };
}
