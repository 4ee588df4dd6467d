using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Asks who in a segment will leave a band if nothing more happens.</summary>
public sealed record BandLeaverQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Which customers, now.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>Name of the band; empty for the model's highest.</summary>
    public string Band { get; init; } = "";

    /// <summary>Up to when, later than now.</summary>
    public required Instant Until { get; init; }

    /// <summary>How many to name at the most.</summary>
    public required int Count { get; init; }
}
