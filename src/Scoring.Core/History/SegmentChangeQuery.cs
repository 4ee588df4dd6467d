using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Asks how the scores of a segment's customers changed between two instants.</summary>
public sealed record SegmentChangeQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model that scores both instants, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Which customers: at either instant those who met it then.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>The first instant.</summary>
    public required Instant From { get; init; }

    /// <summary>The second, later than the first and not in the future.</summary>
    public required Instant To { get; init; }

    /// <summary>What was received later is left out; null means that all that is known now counts at both instants.</summary>
    public Instant? KnownAt { get; init; }

    /// <summary>How many to name of those whose scores rose most, and of those whose scores fell most.</summary>
    public int Movers { get; init; }

    /// <summary>Whether to tell why the scores of those changed who belonged to it at both instants.</summary>
    public bool WithParts { get; init; }
}
