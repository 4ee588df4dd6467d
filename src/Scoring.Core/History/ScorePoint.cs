using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>A customer's score at one instant.</summary>
/// <param name="Time">The instant.</param>
/// <param name="Score">The score, without why.</param>
/// <param name="Band">Name of its band.</param>
/// <param name="Stage">Where the customer stood with the product.</param>
/// <param name="Momentum">See <see cref="CustomerScore.Momentum"/>.</param>
/// <param name="Events">Events that occurred since the point before; at the first one, up to its instant.</param>
public sealed record ScorePoint(
    Instant Time,
    double Score,
    string Band,
    Lifecycles.Lifecycle Stage,
    double? Momentum,
    long Events
);
