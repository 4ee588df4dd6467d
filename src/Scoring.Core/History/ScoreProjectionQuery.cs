using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks what becomes of a customer's score if nothing more happens.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerId">The customer; of an id that was merged, the customer that it stands for.</param>
/// <param name="Model">The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="Until">Up to when, later than now.</param>
public sealed record ScoreProjectionQuery(string Workspace, string CustomerId, string Model, Instant Until);
