using Scoring.Core.Lifecycles;

namespace Scoring.Core.Segments;

/// <summary>A customer and its score. What else is told of it is known once it is clear who is ranked in the end.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Score">Its score.</param>
public sealed record RankedCustomer(string CustomerId, double Score)
{
    /// <summary>Its account; empty when it has none.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>Where it stands with the product.</summary>
    public Lifecycle Lifecycle { get; init; }

    /// <summary>Whether its engagement is rising or falling; see <see cref="Scores.CustomerScore.Momentum"/>.</summary>
    public double? Momentum { get; init; }
}
