using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>All that the archive keeps of one customer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="CompleteSince">
/// From when on everything is here; <see cref="Instant.MinValue"/> when nothing was before. What came before is in the opening, which tells of no earlier instant.
/// </param>
/// <param name="Events">Its events, in no order.</param>
/// <param name="Changes">What else changed it, in the order in which that was applied.</param>
public sealed record CustomerPast(
    string CustomerId,
    Instant CompleteSince,
    IReadOnlyList<PastEvent> Events,
    IReadOnlyList<PastChange> Changes
)
{
    /// <summary>
    /// <see cref="Populations.Population.DigestOf"/> of what was known of the customer when these were all of its records; 0 where that was not asked for.
    /// </summary>
    public ulong Digest { get; init; }

    /// <summary>Refuses an instant of which nothing is told.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="field">Where it was given, in the words of the contract.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.BeforeHistory"/>.</exception>
    public void ThrowIfBefore(Instant instant, string field) =>
        HistoryStart.ThrowIfBefore(instant, CompleteSince, field, $"of customer '{CustomerId}'");
}
