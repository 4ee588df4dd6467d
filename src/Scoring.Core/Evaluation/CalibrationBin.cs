namespace Scoring.Core.Evaluation;

/// <summary>Rows of about the same probability.</summary>
/// <param name="Count">How many rows.</param>
/// <param name="Predicted">The mean of their probabilities.</param>
/// <param name="Observed">The share of them that it happened to.</param>
public readonly record struct CalibrationBin(int Count, double Predicted, double Observed);
