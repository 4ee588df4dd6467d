using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>A score falls into another band.</summary>
/// <param name="Time">When.</param>
/// <param name="Band">Name of the band that it falls into then.</param>
public readonly record struct BandCrossing(Instant Time, string Band);
