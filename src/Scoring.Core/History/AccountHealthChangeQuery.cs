using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks why the health of an account changed between two instants.</summary>
/// <param name="Query">The account, the period and the model; its read time is not looked at.</param>
/// <param name="From">The first instant.</param>
/// <param name="To">The second one, later.</param>
/// <param name="KnownAt">What was received later is left out of both; null for nothing.</param>
public sealed record AccountHealthChangeQuery(AccountHealthQuery Query, Instant From, Instant To, Instant? KnownAt);
