namespace Scoring.Core.Segments;

/// <summary>A customer and its score.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="AccountId">Its account; empty when it has none.</param>
/// <param name="Score">Its score.</param>
public sealed record RankedCustomer(string CustomerId, string AccountId, double Score);
