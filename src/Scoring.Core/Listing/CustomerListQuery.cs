using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Listing;

/// <summary>Asks for customers in order, page by page.</summary>
public sealed record CustomerListQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Which customers.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>What they are listed by.</summary>
    public CustomerOrder Order { get; init; }

    /// <summary>Whether the highest come first.</summary>
    public bool Falling { get; init; }

    /// <summary>The instant to filter and order at; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }
}
