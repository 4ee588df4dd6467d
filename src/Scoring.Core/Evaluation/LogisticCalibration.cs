namespace Scoring.Core.Evaluation;

/// <summary>Makes probabilities of scores: a logistic curve that rises with them, fitted on outcomes of earlier times (Platt, 1999).</summary>
/// <remarks>
/// The curve is of two forms of the score at once, each of which may only raise it: the score itself, and its logarithm above the lowest one, because most scores lie close together
/// and a few far above. So the order of scores stays, but for ties.
/// </remarks>
public sealed class LogisticCalibration
{
    // Of standardised scores. Enough to keep the curve finite where the two kinds are told apart; of no weight beside more than a few outcomes.
    private const double Ridge = 1e-3;

    private readonly ScoreScale _scale;
    private readonly LogisticModel _model;

    private LogisticCalibration(ScoreScale scale, LogisticModel model) => (_scale, _model) = (scale, model);

    /// <summary>Fits a curve; null unless both kinds of outcomes are there.</summary>
    /// <param name="earlier">Outcomes that were known before those that are to be calibrated.</param>
    public static LogisticCalibration? Fit(Outcomes earlier)
    {
        if (earlier.Positives == 0 || earlier.Negatives == 0)
        {
            return null;
        }
        var scale = ScoreScale.Of(earlier.Scores);
        var rows = new double[earlier.Count][];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = scale.Features(earlier.Scores[i]);
        }
        return new(
            scale,
            LogisticRegression.Fit(
                rows,
                earlier.Happened.ToArray(),
                Ridge,
                [SignConstraint.NonNegative, SignConstraint.NonNegative]
            )
        );
    }

    /// <summary>How likely it is by the score, 0 to 1.</summary>
    public double Probability(double score) => _model.Probability(_scale.Features(score));
}
