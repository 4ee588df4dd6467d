using MathNet.Numerics.Distributions;

namespace Scoring.Core.Segments;

/// <summary>How a share of some customers differs from that of others, taken as two independent samples.</summary>
/// <remarks>
/// Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998), method 10: from the intervals of Wilson for both
/// shares. Where several are looked at, each interval is so much wider that all of them hold at once with 95 % (Bonferroni; Dunn, Multiple comparisons among means, Journal
/// of the American Statistical Association 56, 1961).
/// </remarks>
/// <param name="Difference">The share of the ones less that of the others, -1..1.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
public readonly record struct ShareDifference(double Difference, double Lower, double Upper)
{
    private const double Confidence = 0.95;

    /// <summary>How far the interval is from holding 0; not above 0 where the difference may be chance.</summary>
    public double Least => Math.Max(Lower, -Upper);

    /// <summary>The difference between two shares.</summary>
    /// <param name="holders">How many of the ones have something.</param>
    /// <param name="all">How many they are, at least one.</param>
    /// <param name="otherHolders">How many of the others have it.</param>
    /// <param name="others">How many they are, at least one.</param>
    /// <param name="looks">How many such differences are looked at.</param>
    public static ShareDifference Of(long holders, long all, long otherHolders, long others, int looks)
    {
        var z = Normal.InvCDF(mean: 0, stddev: 1, 1 - ((1 - Confidence) / 2 / looks));
        var (share, lower, upper) = Wilson(holders, all, z);
        var (otherShare, otherLower, otherUpper) = Wilson(otherHolders, others, z);
        var difference = share - otherShare;
        return new(
            difference,
            difference - Distance(share - lower, otherUpper - otherShare),
            difference + Distance(upper - share, otherShare - otherLower)
        );
    }

    private static double Distance(double one, double other) => Math.Sqrt((one * one) + (other * other));

    private static (double Share, double Lower, double Upper) Wilson(long holders, long all, double z)
    {
        var (n, share) = ((double)all, (double)holders / all);
        var middle = (2 * n * share) + (z * z);
        var spread = z * Math.Sqrt((z * z) + (4 * n * share * (1 - share)));
        var scale = 2 * (n + (z * z));
        return (share, (middle - spread) / scale, (middle + spread) / scale);
    }
}
