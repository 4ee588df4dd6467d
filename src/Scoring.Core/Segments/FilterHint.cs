namespace Scoring.Core.Segments;

/// <summary>A clause of a filter that no customer meets, and what was perhaps meant.</summary>
/// <param name="Clause">Place of the clause in its filter, from 0.</param>
/// <param name="Key">Key of the attribute, or the event type or feature.</param>
/// <param name="Value">The value; empty where the key alone is not known.</param>
/// <param name="KeyKnown">Whether any customer has the key.</param>
/// <param name="SuggestedKeys">Where none has: the nearest keys that customers have, nearest first.</param>
/// <param name="SuggestedValues">
/// The nearest values that customers have of the key, or of the nearest one, nearest first. None where the value is one of them.
/// </param>
public sealed record FilterHint(
    int Clause,
    string Key,
    string Value,
    bool KeyKnown,
    IReadOnlyList<string> SuggestedKeys,
    IReadOnlyList<string> SuggestedValues
);
