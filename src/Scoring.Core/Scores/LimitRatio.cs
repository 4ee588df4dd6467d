namespace Scoring.Core.Scores;

/// <summary>How many times its cap a quantity is, cut off to 16 bits: what is kept is never more than the ratio itself.</summary>
/// <remarks>
/// Nine bits of a double's exponent and seven of its fraction, from 2^-128 to 2^384: ratios are to a landmark, so they reach 2^256 times what
/// they are at an instant. As signed numbers they have the order of the ratios, and two bytes each are compared many at a time.
/// </remarks>
internal static class LimitRatio
{
    /// <summary>The ratio of nothing: it never gets less than any other.</summary>
    public const short Endless = short.MaxValue;

    private const int CutBits = 45;
    private const long Lowest = (1023L - 128) << (52 - CutBits);

    /// <summary>A ratio cut off; infinity is <see cref="Endless"/>, and what is below all others becomes none.</summary>
    public static short Of(double ratio) =>
        double.IsPositiveInfinity(ratio)
            ? Endless
            : (short)(
                Math.Clamp((BitConverter.DoubleToInt64Bits(ratio) >> CutBits) - Lowest, 0, ushort.MaxValue - 1)
                + short.MinValue
            );

    /// <summary>The least ratio that is still 1 or more when it is multiplied by a factor.</summary>
    public static short Least(double factor)
    {
        int ratio = Of(1 / factor);
        for (; ratio > short.MinValue + 1 && ValueOf(ratio - 1) * factor >= 1; ratio--) { }
        for (; ratio < Endless && !(ValueOf(ratio) * factor >= 1); ratio++) { }
        return (short)ratio;
    }

    private static double ValueOf(int ratio) =>
        ratio == short.MinValue ? 0 : BitConverter.Int64BitsToDouble((ratio - short.MinValue + Lowest) << CutBits);
}
