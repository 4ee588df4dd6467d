namespace Scoring.Core.Evaluation;

/// <summary>Where a proposed weight comes from.</summary>
public enum ProposedWeightKind
{
    /// <summary>From what happened.</summary>
    Fitted,

    /// <summary>It is 0: with the sign that it may have, the term told nothing.</summary>
    Dropped,

    /// <summary>It is the model's own: the term's value was the same for all, so nothing speaks for or against it.</summary>
    Kept,
}
