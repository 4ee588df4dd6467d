using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;

namespace Scoring.Core.Tests.Facts;

public sealed class ExactSumSpecs
{
    private static readonly Gen<double> AnyValue = Gen.Elements(
        1.0,
        -1,
        0,
        1 / 3.0,
        -0.1,
        1e12,
        -1e12,
        1e300,
        -1e300,
        double.Epsilon,
        2.5e-310,
        4_503_599_627_370_497.5
    );

    [Fact]
    public void What_is_taken_out_leaves_nothing_behind() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Arb.From(AnyValue.ListOf()),
                Arb.From(Gen.Elements(0.0, 3, 1 / 7.0, -1e-300, 1e15)),
                (taken, kept) =>
                {
                    var sum = new ExactSum();
                    foreach (var value in taken)
                    {
                        sum.Add(value);
                    }
                    sum.Add(kept);
                    foreach (var value in taken)
                    {
                        sum.Add(-value);
                    }
                    Assert.Equal(kept, sum.Value);
                }
            )
        );

    [Fact]
    public void Small_values_are_not_lost_beside_great_ones()
    {
        var sum = new ExactSum();
        sum.Add(1e300);
        for (var i = 0; i < 1_000; i++)
        {
            sum.Add(0.125);
        }
        sum.Add(-1e300);
        Assert.Equal(125, sum.Value);
    }

    [Fact]
    public void Sums_of_sums_are_as_exact()
    {
        var (one, other) = (new ExactSum(), new ExactSum());
        one.Add(1e300);
        one.Add(-3);
        other.Add(-1e300);
        other.Add(0.5);
        one.Add(other);
        Assert.Equal(-2.5, one.Value);
        Assert.Equal(-1e300, other.Value);
    }
}
