using Scoring.Core.Lifecycles;

namespace Scoring.Core.Segments;

/// <summary>A customer and its score.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="AccountId">Its account; empty when it has none.</param>
/// <param name="Score">Its score.</param>
/// <param name="Lifecycle">Where it stands with the product.</param>
/// <param name="Momentum">Whether its engagement is rising or falling; see <see cref="Scores.CustomerScore.Momentum"/>.</param>
public sealed record RankedCustomer(
    string CustomerId,
    string AccountId,
    double Score,
    Lifecycle Lifecycle,
    double? Momentum
);
