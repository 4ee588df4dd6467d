using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>Asks for scores.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerIds">The customers.</param>
/// <param name="Model">The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="ReadTime">The instant to score at; null means now, for each customer whose newest event lies ahead of now that event.</param>
public sealed record ScoreQuery(string Workspace, IReadOnlyList<string> CustomerIds, string Model, Instant? ReadTime);
