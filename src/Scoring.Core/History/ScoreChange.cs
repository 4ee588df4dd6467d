using Scoring.Core.Scores;

namespace Scoring.Core.History;

/// <summary>Why a customer's score changed between two instants.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="From">The score at the first instant, as known then; null when nothing was known: its score counts as 0.</param>
/// <param name="To">The score at the second instant, as known then.</param>
/// <param name="Parts">What the difference is made of, none of 0, in a fixed order. In millionths they add up to the difference exactly.</param>
public sealed record ScoreChange(
    string CustomerId,
    CustomerScore? From,
    CustomerScore To,
    IReadOnlyList<ScoreChangePart> Parts
)
{
    /// <summary>A score in millionths.</summary>
    public static long MicrosOf(double score) => (long)Math.Round(score * 1e6);
}
