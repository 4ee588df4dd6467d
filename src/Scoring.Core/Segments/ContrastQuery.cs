using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Asks what tells the customers of one segment from those of another.</summary>
public sealed record ContrastQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model that filters by scores mean, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The one segment.</summary>
    public required Filter Filter { get; init; }

    /// <summary>The other.</summary>
    public required Filter Other { get; init; }

    /// <summary>How many traits to tell of at most.</summary>
    public required int Most { get; init; }

    /// <summary>The instant; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }
}
