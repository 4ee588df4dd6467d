using Scoring.Core.History;

namespace Scoring.Core.Tests.History;

/// <summary>A trend is what a textbook gives.</summary>
public sealed class ScoreTrendSpecs
{
    // Stopping distances of cars (Ezekiel, 1930), as R has them: confint(lm(dist ~ speed, data = cars)).
    private static readonly double[] Speeds =
    [
        .. (int[])[4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15],
        .. (int[])[15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25],
    ];
    private static readonly double[] Distances =
    [
        .. (int[])[2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26],
        .. (int[])[54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85],
    ];

    [Fact]
    public void Slope_and_interval_are_those_of_least_squares()
    {
        var trend = Of(Speeds, Distances)!;

        Assert.Equal(3.932409, trend.SlopePerDay, 6);
        Assert.Equal(3.096964, trend.Lower, 6);
        Assert.Equal(4.767853, trend.Upper, 6);
    }

    [Fact]
    public void Few_points_make_the_interval_wide()
    {
        var trend = Of([0, 1, 2.5, 7], [10, 12, 11, 18])!;
        Assert.Equal(1.1023965, trend.SlopePerDay, 7);
        Assert.Equal(-0.0174694, trend.Lower, 6);
        Assert.Equal(2.2222624, trend.Upper, 6);

        // One degree of freedom, of which 97.5 % lie below 12.7062.
        trend = Of([0, 1, 2], [1, 2, 4])!;
        Assert.Equal(1.5, trend.SlopePerDay, 12);
        Assert.Equal(-2.1679654, trend.Lower, 6);
        Assert.Equal(5.1679654, trend.Upper, 6);
    }

    [Fact]
    public void Points_on_a_line_leave_no_doubt()
    {
        var trend = Of([0, 3, 5], [10, 4, 0])!;

        Assert.Equal(-2, trend.SlopePerDay, 12);
        Assert.Equal(trend.SlopePerDay, trend.Lower, 9);
        Assert.Equal(trend.SlopePerDay, trend.Upper, 9);
    }

    [Fact]
    public void Where_there_is_too_little_to_tell_there_is_no_trend()
    {
        Assert.Null(Of([], []));
        Assert.Null(Of([0, 1], [3, 4]));
        Assert.Null(Of([2, 2, 2], [3, 4, 5]));
    }

    private static ScoreTrend? Of(double[] days, double[] scores) =>
        ScoreTrend.Through([.. days.Zip(scores, (day, score) => (Samples.DaysAgo(-day), score))]);
}
