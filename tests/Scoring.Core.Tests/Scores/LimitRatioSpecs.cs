using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Scores;

namespace Scoring.Core.Tests.Scores;

public sealed class LimitRatioSpecs
{
    private static readonly Gen<double> AnyPositive =
        from exponent in Gen.Choose(-1_060, 1_020)
        from fraction in Gen.Choose(0, 1 << 20)
        select Math.ScaleB(1 + (fraction / (double)(1 << 20)), exponent);

    [Fact]
    public void A_ratio_that_passes_is_at_least_1_times_the_factor() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10_000),
            Prop.ForAll(
                Arb.From(AnyPositive),
                Arb.From(AnyPositive),
                (ratio, factor) =>
                {
                    if (LimitRatio.Of(ratio) >= LimitRatio.Least(factor))
                    {
                        Assert.True(ratio * factor >= 1);
                    }
                    else if (ratio is > 1e-30 and < 1e100 && factor is > 1e-100 and < 1e30)
                    {
                        Assert.True(ratio * factor < 1.02);
                    }
                }
            )
        );

    [Fact]
    public void No_ratio_at_all_passes_whatever_the_factor_and_none_other_does_when_it_is_0()
    {
        Assert.Equal(LimitRatio.Endless, LimitRatio.Of(double.PositiveInfinity));
        Assert.Equal(LimitRatio.Endless, LimitRatio.Least(0));
        Assert.True(LimitRatio.Of(double.MaxValue) < LimitRatio.Endless);
        Assert.True(LimitRatio.Of(0) < LimitRatio.Least(1e100));
    }
}
