using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Segments;

public sealed class ShareDifferenceSpecs
{
    /// <summary>The cases of table II of Newcombe (1998), method 10.</summary>
    [Theory]
    [InlineData(56, 70, 48, 80, 0.2, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.6, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 10, 1, 0.6075, 1)]
    [InlineData(5, 56, 0, 29, 0.0893, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 10, 0, -0.2775, 0.2775)]
    public void Interval_is_that_of_Newcombe(
        long holders,
        long all,
        long otherHolders,
        long others,
        double difference,
        double lower,
        double upper
    )
    {
        var shares = ShareDifference.Of(holders, all, otherHolders, others, looks: 1);
        Assert.Equal(difference, shares.Difference, 4);
        Assert.Equal(lower, shares.Lower, 4);
        Assert.Equal(upper, shares.Upper, 4);
    }

    [Fact]
    public void Whoever_looks_at_more_is_less_sure_of_each()
    {
        var one = ShareDifference.Of(56, 70, 48, 80, looks: 1);
        var many = ShareDifference.Of(56, 70, 48, 80, looks: 100);
        Assert.True(one.Least > 0);
        Assert.True(many.Least < 0);
        Assert.True(many.Lower < one.Lower && many.Upper > one.Upper);
    }
}
