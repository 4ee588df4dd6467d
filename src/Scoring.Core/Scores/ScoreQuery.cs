using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>Asks for scores.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerIds">The customers.</param>
/// <param name="Model">The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="ReadTime">The instant to score at; null means now, for each customer whose newest event lies ahead of now that event.</param>
/// <param name="OrNewest">Whether a customer whose newest event lies after the instant is scored at that event, rather than refused.</param>
public sealed record ScoreQuery(
    string Workspace,
    IReadOnlyList<string> CustomerIds,
    string Model,
    Instant? ReadTime,
    bool OrNewest = false
);
