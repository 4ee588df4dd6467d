using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks what becomes of a customer's score if nothing more happens.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerId">The customer; of an id that was merged, the customer that it stands for.</param>
/// <param name="Model">The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="Until">Up to when, later than now.</param>
/// <param name="KeepDays">For how many days the score is to stay in a band, which is asked what it takes; 0 when it is not asked.</param>
/// <param name="KeepBand">Name of that band; empty for the one that the customer is in.</param>
public sealed record ScoreProjectionQuery(
    string Workspace,
    string CustomerId,
    string Model,
    Instant Until,
    int KeepDays = 0,
    string KeepBand = ""
);
