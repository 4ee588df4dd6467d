using Scoring.Core.Scores;

namespace Scoring.Core.History;

/// <summary>What becomes of a customer's score if nothing more happens.</summary>
/// <param name="Now">The score as it is now, or at the customer's newest event where that lies ahead of now.</param>
/// <param name="Crossings">When it falls into other bands, by time.</param>
/// <param name="Keeping">What keeps it from falling below a band; null when it was not asked.</param>
public sealed record ScoreProjection(
    CustomerScore Now,
    IReadOnlyList<BandCrossing> Crossings,
    BandKeeping? Keeping = null
);
