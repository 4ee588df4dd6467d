using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>What one dimension of a model adds to a customer's points.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Points">Its points, limited to its cap.</param>
/// <param name="Capped">Whether its cap limited them.</param>
public sealed record DimensionScore(Dimension Dimension, double Points, bool Capped);
