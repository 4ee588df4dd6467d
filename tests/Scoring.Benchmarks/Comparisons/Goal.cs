using System.Globalization;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>The bound that a figure, or a ratio where there is a reference, is to keep.</summary>
/// <param name="Bound">The bound.</param>
/// <param name="IsLeast">Whether the figure is to be at least that; otherwise at most.</param>
internal sealed record Goal(double Bound, bool IsLeast)
{
    public static Goal AtLeast(double bound) => new(bound, IsLeast: true);

    public static Goal AtMost(double bound) => new(bound, IsLeast: false);

    public bool IsMetBy(double figure) => IsLeast ? figure >= Bound : figure <= Bound;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? "at least" : "at most")} {Bound:#,##0.##}");
}
