using Scoring.Core.Time;

namespace Scoring.Core.Facts;

/// <summary>How fast a decayed quantity fades: after this many days an event counts half.</summary>
/// <remarks>
/// <para>
/// Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009): an event of quantity q at time t adds
/// q x 2^((t - L) / h) to a sum that is not touched again; the decayed quantity at time T is the sum x 2^((L - T) / h). The landmark L
/// cancels out, so late and out-of-order events are exact and sums merge by addition.
/// </para>
/// <para>
/// Landmarks lie on a grid of <see cref="LandmarkSpacing"/> half-lives. Powers of two are taken as whole half-lives, which only
/// change the exponent of a double, times a fraction of one, which does not depend on the landmark. Moving a landmark is
/// therefore exact, and what is read does not depend on where the landmark lies.
/// </para>
/// </remarks>
/// <param name="Days">The half-life in days, 1 to 3,650.</param>
public readonly record struct HalfLife(int Days)
{
    /// <summary>
    /// Half-lives from one landmark to the next. A double spans 2^-1074 to 2^1023: with weights from 2^0 to 2^256 above the landmark
    /// nothing overflows, and what underflows is over a thousand half-lives old.
    /// </summary>
    public const int LandmarkSpacing = 256;

    internal long Ticks => Days * TimeSpan.TicksPerDay;

    /// <summary>Number of the newest landmark that is not after an instant, counted from 1970-01-01.</summary>
    public int LandmarkAt(Instant instant) => (int)FloorDivide(instant.Ticks, LandmarkSpacing * Ticks).Quotient;

    /// <summary>2^((t - L) / h), the weight of an event at t.</summary>
    public double WeightAt(Instant instant, int landmark)
    {
        var (whole, rest) = FloorDivide(instant.Ticks, Ticks);
        return Math.ScaleB(
            PowerOfTwo.OfFraction((double)rest / Ticks),
            Exponent(whole - ((long)landmark * LandmarkSpacing))
        );
    }

    /// <summary>2^((L - T) / h), what a sum is multiplied by to be read at T.</summary>
    public double FactorAt(Instant readTime, int landmark)
    {
        var (whole, rest) = FloorDivide(readTime.Ticks, Ticks);
        return Math.ScaleB(Math.Pow(2, -(double)rest / Ticks), Exponent(((long)landmark * LandmarkSpacing) - whole));
    }

    /// <summary>What a sum is multiplied by when its landmark moves; a power of two.</summary>
    public static double Move(int fromLandmark, int toLandmark) =>
        Math.ScaleB(1, Exponent(((long)fromLandmark - toLandmark) * LandmarkSpacing));

    private static int Exponent(long halfLives) => (int)Math.Clamp(halfLives, -10_000, 10_000);

    private static (long Quotient, long Remainder) FloorDivide(long value, long by)
    {
        var (quotient, remainder) = Math.DivRem(value, by);
        return remainder < 0 ? (quotient - 1, remainder + by) : (quotient, remainder);
    }
}
