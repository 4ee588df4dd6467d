namespace Scoring.Core.Evaluation;

/// <summary>Mean and standard deviation of a term's value over all rows of some cut-offs.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The deviation of all; 0 where all are the same.</param>
internal readonly record struct TermSpread(double Mean, double Deviation)
{
    // What is left of values that are the same for all is rounding.
    private const double Rounding = 1e-9;

    /// <summary>The spread of one term.</summary>
    /// <param name="part">The rows, at least one.</param>
    /// <param name="term">The term's place.</param>
    public static TermSpread Of(EvaluationPart part, int term)
    {
        var values = part.CutOffs.SelectMany(rows => rows.ScoresBy(term));
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return new(mean, deviation > Rounding * Math.Abs(mean) ? deviation : 0);
    }

    /// <summary>How many deviations a value lies above the mean.</summary>
    public double In(double value) => (value - Mean) / Deviation;
}
