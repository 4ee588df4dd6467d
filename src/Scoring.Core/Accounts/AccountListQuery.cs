using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Accounts;

/// <summary>Asks for accounts in order, page by page.</summary>
public sealed record AccountListQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model whose bands are counted, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>What they must meet; see <see cref="AccountFilter"/>.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>What they are listed by.</summary>
    public AccountOrder Order { get; init; }

    /// <summary>Whether the highest come first.</summary>
    public bool Falling { get; init; }

    /// <summary>Length of the period that health is taken over in UTC days, 1 to <see cref="Limits.HealthWindowDays"/>.</summary>
    public int WindowDays { get; init; } = 30;

    /// <summary>The instant to filter and order at; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }
}
