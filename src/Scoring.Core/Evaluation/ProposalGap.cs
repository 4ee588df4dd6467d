namespace Scoring.Core.Evaluation;

/// <summary>Why no weights are proposed.</summary>
public enum ProposalGap
{
    /// <summary>The first part has fewer customers of one kind than <see cref="FittedWeights.OutcomesPerWeight"/> for each weight.</summary>
    TooFewPerWeight,

    /// <summary>The second part has fewer than <see cref="Evidence.FewestOfEachKind"/> customers of one kind, so that weights could not be judged.</summary>
    TooFewToJudge,

    /// <summary>No term told anything with a sign that it may have.</summary>
    NothingTells,
}
