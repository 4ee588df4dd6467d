namespace Scoring.Core.Evaluation;

/// <summary>What is proposed for one term.</summary>
/// <param name="Kind">Where the weight comes from.</param>
/// <param name="BaseWeight">The weight that the term has in the model.</param>
/// <param name="Weight">The weight that it gets.</param>
/// <param name="Coefficient">By how much the log of the odds of what high scores expect rises with one <paramref name="Deviation"/>; 0 where that is 0.</param>
/// <param name="Deviation">The standard deviation of the term's value, before its weight, over the first part.</param>
public sealed record ProposedWeight(
    ProposedWeightKind Kind,
    double BaseWeight,
    double Weight,
    double Coefficient,
    double Deviation
);
