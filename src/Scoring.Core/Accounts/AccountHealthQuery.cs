using Scoring.Core.Time;

namespace Scoring.Core.Accounts;

/// <summary>Asks how an account fares.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="AccountId">The account.</param>
/// <param name="WindowDays">Length of the period in UTC days, 1 to <see cref="Limits.HealthWindowDays"/>; it ends with the day of the read time.</param>
/// <param name="Model">The model whose bands are counted, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</param>
/// <param name="ReadTime">The instant; null means now, or the newest event where that lies ahead of now.</param>
public sealed record AccountHealthQuery(
    string Workspace,
    string AccountId,
    int WindowDays,
    string Model,
    Instant? ReadTime
);
