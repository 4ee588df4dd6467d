using System.Diagnostics;
using System.Numerics;

namespace Scoring.Core.Facts;

/// <summary>A customer's lifetime sum of values in three words: the same whatever the order of the values, and without rounding.</summary>
/// <remarks>
/// A whole number of 192 bits, lowest word first, in units of 2^-<see cref="FractionBits"/>, which is 1e-31. Values below 4e-16 in magnitude
/// are rounded to such units, each by itself, all others are exact; sums of up to 2^48 values of 1e12 fit. Only reading a sum rounds, once. What
/// is read is such a whole number again, so sums of many customers' sums are exact too, and what is taken out of them leaves nothing behind. The
/// small accumulator of R. M. Neal, Fast Exact Summation Using Small and Large Superaccumulators (2015).
/// </remarks>
internal static class ValueSum
{
    /// <summary>Words of a sum.</summary>
    public const int Words = 3;

    /// <summary>Bits behind the point.</summary>
    public const int FractionBits = 103;

    private const int MantissaBits = 52;
    private const int ExponentOfOne = 1_023;

    /// <summary>Makes a sum that of values that were all 1.</summary>
    public static void SetCount(Span<ulong> sum, ulong count)
    {
        sum[..Words].Clear();
        Add(sum, Shifted(count, FractionBits));
    }

    /// <summary>Adds a value of less than 2^88 in magnitude.</summary>
    public static void Add(Span<ulong> sum, double value)
    {
        Debug.Assert(Math.Abs(value) < Math.ScaleB(1, 88), "values are validated before they get here");
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> MantissaBits) & 0x7FF;
        var mantissa = bits & ((1UL << MantissaBits) - 1);
        mantissa |= exponent > 0 ? 1UL << MantissaBits : 0;
        var magnitude = Shifted(mantissa, Math.Max(1, exponent) - ExponentOfOne - MantissaBits + FractionBits);
        Add(sum, value < 0 ? Negated(magnitude) : magnitude);
    }

    /// <summary>Adds another sum.</summary>
    public static void Add(Span<ulong> sum, ReadOnlySpan<ulong> other) => Add(sum, (other[0], other[1], other[2]));

    /// <summary>The sum, rounded to the nearest double.</summary>
    public static double Value(ReadOnlySpan<ulong> sum)
    {
        var (low, middle, high) = (sum[0], sum[1], sum[2]);
        var isNegative = (long)high < 0;
        if (isNegative)
        {
            (low, middle, high) = Negated((low, middle, high));
        }
        // Moved up until the highest bit is set; then the highest word rounds as all of it would, with a bit for what lies below.
        var exponent = (2 * 64) - FractionBits;
        for (var words = 0; words < 2 && high == 0; words++)
        {
            (low, middle, high) = (0, low, middle);
            exponent -= 64;
        }
        var shift = high == 0 ? 0 : BitOperations.LeadingZeroCount(high);
        if (shift > 0)
        {
            high = (high << shift) | (middle >> (64 - shift));
            middle = (middle << shift) | (low >> (64 - shift));
            low <<= shift;
        }
        var value = Math.ScaleB((double)(high | ((middle | low) == 0 ? 0UL : 1)), exponent - shift);
        return isNegative ? -value : value;
    }

    private static void Add(Span<ulong> sum, (ulong Low, ulong Middle, ulong High) added)
    {
        var low = (UInt128)sum[0] + added.Low;
        var middle = (UInt128)sum[1] + added.Middle + (low >> 64);
        sum[0] = (ulong)low;
        sum[1] = (ulong)middle;
        sum[2] += added.High + (ulong)(middle >> 64);
    }

    /// <summary>A number times 2^bits, rounded to the nearest whole one.</summary>
    private static (ulong Low, ulong Middle, ulong High) Shifted(ulong number, int bits)
    {
        if (bits < 0)
        {
            return (bits < -63 ? 0 : (number + (1UL << (-bits - 1))) >> -bits, 0, 0);
        }
        var wide = (UInt128)number << (bits & 63);
        var (low, high) = ((ulong)wide, (ulong)(wide >> 64));
        return (bits >> 6) switch
        {
            0 => (low, high, 0),
            1 => (0, low, high),
            _ => (0, 0, low),
        };
    }

    private static (ulong Low, ulong Middle, ulong High) Negated((ulong Low, ulong Middle, ulong High) number)
    {
        var low = unchecked(0 - number.Low);
        var middle = ~number.Middle + (low == 0 ? 1UL : 0);
        return (low, middle, ~number.High + (low == 0 && middle == 0 ? 1UL : 0));
    }
}
