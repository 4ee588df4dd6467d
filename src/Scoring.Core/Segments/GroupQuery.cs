using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Asks for the statistics of the customers of a segment by the values of one or two of their attributes.</summary>
public sealed record GroupQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Which customers.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>The keys of the attributes, one or two.</summary>
    public required IReadOnlyList<string> By { get; init; }

    /// <summary>How many of the largest groups to tell of; the others are summed up.</summary>
    public required int Most { get; init; }

    /// <summary>The instant to score at; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }
}
