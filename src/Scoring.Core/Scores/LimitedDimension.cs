using System.Runtime.Intrinsics;

namespace Scoring.Core.Scores;

/// <summary>A dimension with a cap: its columns stand together, behind those of all that has none.</summary>
/// <param name="Name">The dimension's name.</param>
/// <param name="Cap">The most points that it brings, in either direction.</param>
/// <param name="Columns">How many columns are its own.</param>
internal readonly record struct LimitedDimension(string Name, double Cap, int Columns)
{
    /// <summary>The points that count.</summary>
    public double Limit(double points) =>
        points > Cap ? Cap
        : points < -Cap ? -Cap
        : points;

    /// <summary>The same of four customers.</summary>
    public Vector256<double> Limit(Vector256<double> points)
    {
        var (most, least) = (Vector256.Create(Cap), Vector256.Create(-Cap));
        points = Vector256.ConditionalSelect(Vector256.GreaterThan(points, most), most, points);
        return Vector256.ConditionalSelect(Vector256.LessThan(points, least), least, points);
    }
}
