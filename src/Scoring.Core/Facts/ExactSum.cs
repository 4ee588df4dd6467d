namespace Scoring.Core.Facts;

/// <summary>A sum of finite doubles without rounding: it does not depend on their order, and what is taken out leaves nothing behind.</summary>
/// <remarks>
/// A number in digits of 32 bits, each in a word of 64, so that carries can wait: R. M. Neal, Fast Exact Summation Using Small and Large
/// Superaccumulators (2015). Only reading it rounds.
/// </remarks>
internal sealed class ExactSum
{
    private const int DigitBits = 32;
    private const int FractionBits = 52;
    private const int LeastExponent = -1074;

    /// <summary>From the least double to far above the greatest.</summary>
    private const int Digits = ((1024 - LeastExponent) / DigitBits) + 3;
    private const int MostWaiting = 1 << 30;

    private readonly long[] _digits = new long[Digits];
    private int _waiting;

    public double Value
    {
        get
        {
            Span<long> digits = stackalloc long[Digits];
            var sign = ReadMagnitude(digits);
            var value = 0.0;
            for (var i = 0; i < Digits; i++)
            {
                value += Math.ScaleB(digits[i], (i * DigitBits) + LeastExponent);
            }
            return sign * value;
        }
    }

    public void Add(double value)
    {
        const int mostExponent = 0x7FF;
        var sign = Math.Sign(value);
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> FractionBits) & mostExponent;
        var fraction = bits & ((1UL << FractionBits) - 1);
        fraction |= exponent > 0 ? 1UL << FractionBits : 0;
        var (digit, shift) = Math.DivRem(Math.Max(0, exponent - 1), DigitBits);
        var shifted = (UInt128)fraction << shift;
        for (; shifted != 0; shifted >>= DigitBits)
        {
            _digits[digit++] += sign * (long)(uint)shifted;
        }
        NoteAdded();
    }

    public void Add(ExactSum other)
    {
        Span<long> digits = stackalloc long[Digits];
        other._digits.CopyTo(digits);
        Carry(digits);
        for (var i = 0; i < Digits; i++)
        {
            _digits[i] += digits[i];
        }
        NoteAdded();
    }

    private void NoteAdded()
    {
        if (++_waiting == MostWaiting)
        {
            Carry(_digits);
            _waiting = 0;
        }
    }

    /// <summary>The digits of the number without its sign; gives the sign.</summary>
    private int ReadMagnitude(Span<long> digits)
    {
        _digits.CopyTo(digits);
        Carry(digits);
        if (digits[^1] >= 0)
        {
            return 1;
        }
        foreach (ref var digit in digits)
        {
            digit = -digit;
        }
        Carry(digits);
        return -1;
    }

    /// <summary>Makes all digits but the highest at least 0 and less than 2^32; the highest has the sign.</summary>
    private static void Carry(Span<long> digits)
    {
        for (var i = 0; i < digits.Length - 1; i++)
        {
            digits[i + 1] += digits[i] >> DigitBits;
            digits[i] &= uint.MaxValue;
        }
    }
}
