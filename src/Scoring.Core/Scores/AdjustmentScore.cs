using Scoring.Core.Adjustments;

namespace Scoring.Core.Scores;

/// <summary>What a manual adjustment adds to a customer's points.</summary>
/// <param name="Adjustment">The adjustment.</param>
/// <param name="Points">
/// What is added: its score x target points / 100, or, where it sets the score, what the points of that are more than they would be otherwise.
/// </param>
public sealed record AdjustmentScore(ScoreAdjustment Adjustment, double Points);
