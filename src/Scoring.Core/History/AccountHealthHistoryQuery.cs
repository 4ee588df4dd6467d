using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks how an account fared.</summary>
/// <param name="Query">The account, the period and the model; its read time is not looked at.</param>
/// <param name="Times">The instants, rising; at least one.</param>
/// <param name="KnownAt">What was received later is left out; null for nothing.</param>
public sealed record AccountHealthHistoryQuery(
    AccountHealthQuery Query,
    IReadOnlyList<Instant> Times,
    Instant? KnownAt
);
