namespace Scoring.Core.Evaluation;

/// <summary>Something that may make an evaluation mean something else than it seems to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Model">The model's place among those that are judged; null where it concerns all.</param>
/// <param name="Subject">The event type; empty for none.</param>
/// <param name="Count">How many customers, or events, it is about.</param>
public sealed record EvaluationWarning(EvaluationWarningKind Kind, int? Model, string Subject, long Count);
