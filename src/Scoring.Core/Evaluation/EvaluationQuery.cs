using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Evaluation;

/// <summary>Asks how well scores of the past told what happened then.</summary>
public sealed record EvaluationQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model that is judged, a <see cref="ModelReference"/>; empty means the workspace's default model. The filter is read by it in any case.</summary>
    public string Model { get; init; } = "";

    /// <summary>A model that is not stored, and is judged in the place of the one that is; null for none.</summary>
    public ScoringModel? Candidate { get; init; }

    /// <summary>A model to compare with, a <see cref="ModelReference"/>; null for none.</summary>
    public string? Other { get; init; }

    /// <summary>Who is looked at: at each cut-off those who met it then.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>What is to be told beforehand.</summary>
    public required OutcomeRule Outcome { get; init; }

    /// <summary>The instants at which customers are scored, rising, 1 to <see cref="Limits.CutOffs"/>.</summary>
    public required IReadOnlyList<Instant> CutOffs { get; init; }

    /// <summary>How long after a cut-off it may happen; it is over for every cut-off.</summary>
    public required TimeSpan Horizon { get; init; }

    /// <summary>Whether a high score says that it will happen, as of purchases; otherwise a low one does, as of churn.</summary>
    public bool HighScoresExpectIt { get; init; }

    /// <summary>
    /// Whether events count in scores from when they occurred, whenever they came to be known: for a past that was recorded later and does not say when it was known. Otherwise scores are those that were known at each
    /// cut-off.
    /// </summary>
    public bool AsUnderstoodNow { get; init; }

    /// <summary>The cut-offs whose outcomes were known at an instant, and so may teach something that is used then.</summary>
    internal int KnownCutOffs(Instant at) => CutOffs.TakeWhile(cutOff => cutOff + Horizon <= at).Count();
}
