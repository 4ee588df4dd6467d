namespace Scoring.Core.Recording;

/// <summary>Adds a customer or changes its account and attributes.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="AccountId">The account that it belongs to from the time of receipt on; empty leaves it as it is.</param>
/// <param name="Attributes">Attributes to set; an empty value removes the attribute, attributes not named stay.</param>
public sealed record CustomerUpdate(
    string CustomerId,
    string AccountId,
    IReadOnlyList<KeyValuePair<string, string>> Attributes
);
