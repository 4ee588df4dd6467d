namespace Scoring.Core.Evaluation;

/// <summary>Why outcomes are too little to say anything by.</summary>
public enum EvidenceGap
{
    /// <summary>It happened to fewer than <see cref="Evidence.FewestOfEachKind"/>.</summary>
    TooFewHappened,

    /// <summary>It did not happen to fewer than that.</summary>
    TooFewDidNotHappen,

    /// <summary>The interval of the area is wider than <see cref="Evidence.WidestInterval"/>.</summary>
    IntervalTooWide,

    /// <summary>The two kinds are told apart without a single error, so nothing tells how sure that is; often a sign that the score knew what happened.</summary>
    NoErrors,
}
