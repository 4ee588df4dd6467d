using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Facts;

namespace Scoring.Core.Tests.Facts;

public sealed class ValueSumSpecs
{
    private static readonly Gen<double> AnyValue = Gen.OneOf(
        Gen.Elements(1.0, -1, 0, 0.1, 0.3, -0.3, 1 / 3.0, 1e12, -1e12, 1e-9, -1e-16, 4e-16, 1e-31, 1e-32, 1e-300),
        from mantissa in Gen.Choose(int.MinValue, int.MaxValue)
        from more in Gen.Choose(0, (1 << 21) - 1)
        from exponent in Gen.Choose(-150, 7)
        select Math.ScaleB((mantissa * (double)(1 << 21)) + more, exponent - 20)
    );

    [Fact]
    public void A_sum_is_the_exact_one_rounded_once_in_whatever_order() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(3_000),
            Prop.ForAll(
                Arb.From(AnyValue.ListOf()),
                Arb.From(Gen.Choose(0, int.MaxValue)),
                (values, seed) =>
                {
                    double[] drawn = [.. values];
                    double[] shuffled = [.. values];
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(Exact(drawn), Sum(drawn));
                    Assert.Equal(Sum(drawn), Sum(shuffled));
                }
            )
        );

    [Fact]
    public void A_count_is_so_many_ones()
    {
        Span<ulong> sum = stackalloc ulong[ValueSum.Words];
        foreach (var count in (ulong[])[0, 1, 3, (1UL << 48) - 1])
        {
            ValueSum.SetCount(sum, count);
            Assert.Equal(count, ValueSum.Value(sum));
            ValueSum.Add(sum, -1);
            Assert.Equal(count - 1.0, ValueSum.Value(sum));
        }
    }

    [Fact]
    public void Sums_that_are_read_add_up_and_what_is_taken_out_leaves_nothing_behind() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Arb.From(AnyValue.ListOf()),
                Arb.From(AnyValue),
                (taken, kept) =>
                {
                    Span<ulong> sum = stackalloc ulong[ValueSum.Words];
                    Span<ulong> other = stackalloc ulong[ValueSum.Words];
                    (kept, var read) = (Sum([kept]), Sum([.. taken]));
                    sum.Clear();
                    other.Clear();
                    ValueSum.Add(sum, read);
                    ValueSum.Add(other, kept);
                    ValueSum.Add(sum, other);
                    ValueSum.Add(sum, -read);
                    Assert.Equal(kept, ValueSum.Value(sum));
                }
            )
        );

    [Fact]
    public void As_many_of_the_largest_values_as_there_may_be_fit()
    {
        Span<ulong> sum = stackalloc ulong[ValueSum.Words];
        sum.Clear();
        for (var quarter = 0; quarter < 4; quarter++)
        {
            ValueSum.Add(sum, -Math.ScaleB(Limits.Value, 46));
        }
        Assert.Equal(-Math.ScaleB(Limits.Value, 48), ValueSum.Value(sum));
    }

    private static double Sum(double[] values)
    {
        Span<ulong> sum = stackalloc ulong[ValueSum.Words];
        sum.Clear();
        foreach (var value in values)
        {
            ValueSum.Add(sum, value);
        }
        return ValueSum.Value(sum);
    }

    /// <summary>In whole numbers of any length; each value rounded to the unit, as the sum says it does.</summary>
    private static double Exact(double[] values)
    {
        var units = values.Aggregate(BigInteger.Zero, (sum, value) => sum + Units(value));
        var magnitude = BigInteger.Abs(units);
        if (magnitude.IsZero)
        {
            return 0;
        }
        // To 53 bits, to nearest and ties to even, and exactly from there.
        var excess = Math.Max(0, (int)magnitude.GetBitLength() - 53);
        var rounded = magnitude >> excess;
        var rest = magnitude - (rounded << excess);
        var half = excess == 0 ? BigInteger.Zero : BigInteger.One << (excess - 1);
        if (excess > 0 && (rest > half || (rest == half && !rounded.IsEven)))
        {
            rounded++;
        }
        return units.Sign * Math.ScaleB((double)rounded, excess - ValueSum.FractionBits);
    }

    private static BigInteger Units(double value)
    {
        var magnitude = Math.Abs(value);
        var whole = Math.Floor(magnitude);
        // A whole number and what is left of it scaled up: neither step rounds.
        var rest = Math.Round(Math.ScaleB(magnitude - whole, ValueSum.FractionBits), MidpointRounding.AwayFromZero);
        return Math.Sign(value) * ((new BigInteger(whole) << ValueSum.FractionBits) + new BigInteger(rest));
    }
}
