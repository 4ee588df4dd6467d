using Scoring.Core.Filters;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Asks for the statistics of a segment.</summary>
public sealed record SegmentQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model, a <see cref="Models.ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Which customers.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>Percentiles to compute, each 0..100.</summary>
    public IReadOnlyList<double> Percentiles { get; init; } = [];

    /// <summary>How to draw the histogram.</summary>
    public HistogramSpec Histogram { get; init; } = HistogramSpec.Default;

    /// <summary>The instant to score at; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }

    /// <summary>How many of the highest-scored customers to list.</summary>
    public int Top { get; init; }

    /// <summary>How many of the lowest-scored customers to list.</summary>
    public int Bottom { get; init; }

    /// <summary>Whether churned customers, and those in the model's tenure grace, are left out of the lowest-scored ones, so that these are the customers at risk.</summary>
    public bool BottomWithoutChurned { get; init; }

    /// <summary>Whether to add up events by type.</summary>
    public bool EventTotals { get; init; }
}
