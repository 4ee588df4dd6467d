using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks what a customer's score was.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerId">The customer; of an id that was merged, the customer that it stands for.</param>
/// <param name="Model">The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="Times">The instants to score at, rising, 1 to <see cref="Limits.HistoryPoints"/>; none in the future.</param>
/// <param name="KnownAt">
/// What was received later is left out; null means that all that is known now counts: an event that came late counts from when it happened.
/// </param>
public sealed record ScoreHistoryQuery(
    string Workspace,
    string CustomerId,
    string Model,
    IReadOnlyList<Instant> Times,
    Instant? KnownAt
);
