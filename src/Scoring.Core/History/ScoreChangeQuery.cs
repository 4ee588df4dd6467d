using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks why a customer's score changed between two instants: from what was known at the first to what was known at the second.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="CustomerId">The customer; of an id that was merged, the customer that it stands for.</param>
/// <param name="Model">The model that scores the second instant, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="FromModel">The version that scores the first instant, of the same model; empty for the same version.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The second, later than the first and not in the future.</param>
public sealed record ScoreChangeQuery(
    string Workspace,
    string CustomerId,
    string Model,
    string FromModel,
    Instant From,
    Instant To
);
