using Scoring.Core.Scores;

namespace Scoring.Grains;

/// <summary>A customer's score.</summary>
/// <param name="Score">The score; null when nothing is known of the customer, or it has moved.</param>
/// <param name="IsMoved">Whether the customer's partition is elsewhere: ask again.</param>
/// <param name="IsCrowded">Whether the grain's silo has as many customers active as it may: it lets go of this one at once.</param>
[GenerateSerializer, Alias("scoring.score-answer"), Immutable]
public sealed record ScoreAnswer(
    [property: Id(0)] CustomerScore? Score,
    [property: Id(1)] bool IsMoved = false,
    [property: Id(2)] bool IsCrowded = false
);
