using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>All that the archive keeps of one account, beside its customers.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="CompleteSince">From when on everything is here; <see cref="Instant.MinValue"/> when nothing was before.</param>
/// <param name="Changes">What changed it, in the order in which that was applied.</param>
public sealed record AccountPast(string AccountId, Instant CompleteSince, IReadOnlyList<PastChange> Changes);
