namespace Scoring.Core.Evaluation;

/// <summary>Why an evaluation may not mean what it seems to.</summary>
public enum EvaluationWarningKind
{
    /// <summary>The model scores events of the type that is to be told beforehand.</summary>
    OutcomeIsScored,

    /// <summary>The model scores events of a type that (nearly) always occur when it has happened, and so cannot warn of it: they come along with it.</summary>
    OnlyAfterOutcome,

    /// <summary>Scores count events that were not known at a cut-off, because they were asked for as all is understood now.</summary>
    CountsLateEvents,

    /// <summary>Most of what occurred before a cut-off came to be known after it, and is in no score of it: the past was recorded without saying when it was known, most likely.</summary>
    LeavesOutLateEvents,
}
