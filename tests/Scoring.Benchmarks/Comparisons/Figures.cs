using System.Globalization;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>Figures of several runs.</summary>
internal static class Figures
{
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>By linear interpolation between closest ranks.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="quantile">0 to 1.</param>
    public static double Quantile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        var rank = quantile * (sorted.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>With as many decimals as say something.</summary>
    public static string Text(double figure) =>
        figure.ToString(
            Math.Abs(figure) switch
            {
                >= 100 => "N0",
                >= 1 => "N2",
                _ => "N3",
            },
            CultureInfo.InvariantCulture
        );
}
