namespace Scoring.Core.Scores;

/// <summary>Who is scored.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="AccountId">Its account; empty when it has none.</param>
/// <param name="Attributes">Its attributes, by key.</param>
internal readonly record struct CustomerIdentity(
    string CustomerId,
    string AccountId,
    IReadOnlyList<KeyValuePair<string, string>> Attributes
);
