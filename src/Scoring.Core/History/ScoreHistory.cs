namespace Scoring.Core.History;

/// <summary>What a customer's score was.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="ModelName">The model.</param>
/// <param name="ModelVersion">Its version, by which all points are scored.</param>
/// <param name="Points">By time. Instants at which nothing was known of the customer have none.</param>
/// <param name="Trend">How the score moved over the points; null for fewer than three.</param>
public sealed record ScoreHistory(
    string CustomerId,
    string ModelName,
    int ModelVersion,
    IReadOnlyList<ScorePoint> Points,
    ScoreTrend? Trend
);
