using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>Mean, spread and range of some scores.</summary>
/// <param name="Count">How many there are, at least one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">The root of the mean squared distance from the mean.</param>
/// <param name="Min">The lowest.</param>
/// <param name="Max">The highest.</param>
internal readonly record struct Moments(long Count, double Mean, double Deviation, double Min, double Max)
{
    /// <summary>Those of some scores, at least one.</summary>
    public static Moments Of(ReadOnlySpan<double> scores)
    {
        // Squares of distances from one of them lose little to rounding, as those from 0 might.
        var middle = Vector256.Create(scores[0]);
        var (sums, squares, least, greatest) = (Vector256<double>.Zero, Vector256<double>.Zero, middle, middle);
        for (var at = 0; at < scores.Length; at += Vector256<double>.Count)
        {
            var vector = First(scores[at..], middle);
            var distance = vector - middle;
            sums += distance;
            squares += distance * distance;
            least = Vector256.MinNative(least, vector);
            greatest = Vector256.MaxNative(greatest, vector);
        }
        // The squared distances from the mean, from those from another point (Huygens and Steiner).
        var (aside, square) = (Vector256.Sum(sums) / scores.Length, Vector256.Sum(squares) / scores.Length);
        return new(
            scores.Length,
            scores[0] + aside,
            double.IsFinite(square) ? Math.Sqrt(Math.Max(0, square - (aside * aside))) : square,
            Enumerable.Range(0, Vector256<double>.Count).Min(lane => least[lane]),
            Enumerable.Range(0, Vector256<double>.Count).Max(lane => greatest[lane])
        );
    }

    /// <summary>Those of the scores of all parts.</summary>
    public static Moments Merge(IReadOnlyCollection<Moments> parts)
    {
        var count = parts.Sum(p => p.Count);
        var mean = SumOf(parts.Select(p => p.Mean * p.Count)) / count;
        // Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979).
        var squares = SumOf(parts.Select(p => SquaresFrom(p, mean)));
        return new(count, mean, Math.Sqrt(squares / count), parts.Min(p => p.Min), parts.Max(p => p.Max));
    }

    /// <summary>Those of the scores of both.</summary>
    public static Moments Merge(Moments one, Moments other)
    {
        var count = one.Count + other.Count;
        var mean = ((one.Mean * one.Count) + (other.Mean * other.Count)) / count;
        var squares = SquaresFrom(one, mean) + SquaresFrom(other, mean);
        return new(count, mean, Math.Sqrt(squares / count), Math.Min(one.Min, other.Min), Math.Max(one.Max, other.Max));
    }

    /// <summary>The sum of the squared distances of some scores from a point.</summary>
    private static double SquaresFrom(Moments part, double point) =>
        part.Count * ((part.Deviation * part.Deviation) + ((part.Mean - point) * (part.Mean - point)));

    /// <summary>A sum that does not depend on the order in which the parts came, which is that of the servers they lie on.</summary>
    private static double SumOf(IEnumerable<double> parts) => parts.Order().Sum();

    /// <summary>The first four scores, others in the place of those that are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> First(ReadOnlySpan<double> scores, Vector256<double> others)
    {
        if (scores.Length >= Vector256<double>.Count)
        {
            return Vector256.Create(scores);
        }
        for (var lane = 0; lane < scores.Length; lane++)
        {
            others = others.WithElement(lane, scores[lane]);
        }
        return others;
    }
}
