using Scoring.Core.Lifecycles;

namespace Scoring.Core.Scores;

/// <summary>A customer's score at one instant without why.</summary>
/// <param name="Score">The score.</param>
/// <param name="Band">Name of the band that it falls into.</param>
/// <param name="Lifecycle">Where the customer stands with the product.</param>
/// <param name="Momentum">See <see cref="CustomerScore.Momentum"/>.</param>
public readonly record struct ScoreOutline(double Score, string Band, Lifecycle Lifecycle, double? Momentum);
