namespace Scoring.Core.Evaluation;

/// <summary>How well probabilities fit what happened.</summary>
/// <param name="Brier">The mean of (probability - 1 or 0) squared: Brier, Monthly Weather Review 78 (1950). Lower is better.</param>
/// <param name="LogLoss">The mean of -ln(the probability of what happened). Lower is better.</param>
/// <param name="Bins">Tenths of the rows, by probability, the lowest first.</param>
public sealed record Calibration(double Brier, double LogLoss, IReadOnlyList<CalibrationBin> Bins)
{
    private const int MostBins = 10;

    // A probability of 0 of something that happened would be an infinite loss.
    private const double Least = 1e-15;

    /// <summary>Compares probabilities with what happened; null where there are none.</summary>
    /// <param name="probabilities">The probabilities, 0 to 1.</param>
    /// <param name="happened">What happened, in the same order.</param>
    public static Calibration? Of(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> happened)
    {
        if (probabilities.IsEmpty)
        {
            return null;
        }
        var (brier, loss) = (0.0, 0.0);
        for (var i = 0; i < probabilities.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], Least, 1 - Least);
            var error = p - (happened[i] ? 1 : 0);
            brier += error * error;
            loss -= Math.Log(happened[i] ? p : 1 - p);
        }
        return new(brier / probabilities.Length, loss / probabilities.Length, BinsOf(probabilities, happened));
    }

    private static CalibrationBin[] BinsOf(ReadOnlySpan<double> probabilities, ReadOnlySpan<bool> happened)
    {
        var (sorted, did) = (probabilities.ToArray(), happened.ToArray());
        Array.Sort(sorted, did);
        var bins = new List<CalibrationBin>();
        for (var start = 0; start < sorted.Length; )
        {
            var end = Math.Max((int)((bins.Count + 1L) * sorted.Length / MostBins), start + 1);
            // Rows that were told the same belong together.
            for (; end < sorted.Length && sorted[end] == sorted[end - 1]; end++) { }
            var count = end - start;
            bins.Add(
                new(
                    count,
                    sorted.AsSpan(start, count).ToArray().Average(),
                    did.AsSpan(start, count).Count(value: true) / (double)count
                )
            );
            start = end;
        }
        return [.. bins];
    }
}
