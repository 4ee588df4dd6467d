using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>What keeps a score from falling below a band, if it occurs at once and nothing else happens.</summary>
/// <param name="Band">Name of the band.</param>
/// <param name="Until">Up to when.</param>
/// <param name="IsKept">Whether the score stays there without any event.</param>
/// <param name="Score">The score at the end without any event.</param>
/// <param name="Options">
/// The event types that can do it alone with at most <see cref="Limits.KeepingEvents"/> events of value 1, those first that take fewest, then by name; none where the score stays there anyhow.
/// </param>
public sealed record BandKeeping(
    string Band,
    Instant Until,
    bool IsKept,
    double Score,
    IReadOnlyList<KeepingEvents> Options
);
