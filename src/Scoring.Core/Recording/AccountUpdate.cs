namespace Scoring.Core.Recording;

/// <summary>Adds an account or changes its seats and attributes.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Seats">Seats that it pays for; null leaves them as they are.</param>
/// <param name="Attributes">Attributes to set; an empty value removes the attribute, attributes not named stay.</param>
public sealed record AccountUpdate(
    string AccountId,
    int? Seats,
    IReadOnlyList<KeyValuePair<string, string>> Attributes
);
