namespace Scoring.Core.Scores;

/// <summary>A constant and amounts that halve, each with its half-life: constant + sum of amount x 2^(-t / half-life), t in days from 0 on.</summary>
/// <param name="constant">What does not decay.</param>
/// <param name="parts">What decays; half-lives in days, each once.</param>
internal sealed class DecayCurve(double constant, IReadOnlyList<(double Amount, double HalfLife)> parts)
{
    /// <summary>After so many times the longest half-life nothing is left of what decays.</summary>
    private const double HalfLivesOfAll = 1_100;

    private double Constant => constant;

    private IReadOnlyList<(double Amount, double HalfLife)> Parts => parts;

    /// <summary>The sum of some curves.</summary>
    public static DecayCurve Sum(IReadOnlyCollection<DecayCurve> curves) =>
        new(
            curves.Sum(curve => curve.Constant),
            [
                .. curves
                    .SelectMany(curve => curve.Parts)
                    .GroupBy(part => part.HalfLife)
                    .Select(of => (of.Sum(part => part.Amount), of.Key)),
            ]
        );

    /// <summary>The value after so many days.</summary>
    public double At(double days) => constant + parts.Sum(part => part.Amount * Math.Pow(2, -days / part.HalfLife));

    /// <summary>The days after which the curve is at a level, where it goes through it; rising.</summary>
    /// <remarks>Between its turning points a curve goes through a level once at most, and so it does behind the last of them.</remarks>
    public IEnumerable<double> Crossings(double level)
    {
        var longest = parts.Where(part => part.Amount != 0).Select(part => part.HalfLife).DefaultIfEmpty(0).Max();
        var from = 0.0;
        foreach (var to in TurningPoints().Append(HalfLivesOfAll * longest))
        {
            if (At(from) > level != At(to) > level)
            {
                yield return Between(from, to, level);
            }
            from = to;
        }
    }

    /// <summary>The days after which the curve turns from falling to rising, or back; rising.</summary>
    /// <remarks>
    /// They are the zeros of the derivative, which divided by its slowest part is again a constant with one part less: so there are fewer turning points than parts, and all
    /// of them are found.
    /// </remarks>
    public IEnumerable<double> TurningPoints()
    {
        var decaying = parts.Where(part => part.Amount != 0).OrderBy(part => part.HalfLife).ToArray();
        if (decaying.Length == 0)
        {
            return [];
        }
        var slowest = decaying[^1];
        var slope = new DecayCurve(
            -slowest.Amount / slowest.HalfLife,
            [
                .. decaying[..^1]
                    .Select(part => (-part.Amount / part.HalfLife, 1 / ((1 / part.HalfLife) - (1 / slowest.HalfLife)))),
            ]
        );
        return slope.Crossings(0);
    }

    /// <summary>Where the curve goes through a level between two places at which it is on different sides.</summary>
    private double Between(double from, double to, double level)
    {
        var isAbove = At(from) > level;
        while ((from + to) / 2 is var middle && middle > from && middle < to)
        {
            (from, to) = At(middle) > level == isAbove ? (middle, to) : (from, middle);
        }
        return to;
    }
}
