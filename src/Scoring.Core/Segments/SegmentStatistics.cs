using Scoring.Core.Lifecycles;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>
/// What is true of a segment at one instant, each figure as if every member had been scored alone. Figures of a segment with no
/// customers are null or empty, never 0.
/// </summary>
public sealed record SegmentStatistics
{
    /// <summary>Number of customers.</summary>
    public required long Customers { get; init; }

    /// <summary>
    /// Customers of the segment that are left out of all figures, since their newest event lies further ahead of the clock than the tolerated
    /// skew: nothing can be said of them as of now.
    /// </summary>
    public long AheadCustomers { get; init; }

    /// <summary>Mean of the scores.</summary>
    public double? Mean { get; init; }

    /// <summary>Population standard deviation of the scores: the root of the mean squared distance from the mean.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Lowest score.</summary>
    public double? Min { get; init; }

    /// <summary>Highest score.</summary>
    public double? Max { get; init; }

    /// <summary>The percentiles asked for, in the order of the query, by linear interpolation between closest ranks.</summary>
    public required IReadOnlyList<Percentile> Percentiles { get; init; }

    /// <summary>Whether percentiles are missing that a query asked for, because tallies came without the scores that tell them.</summary>
    /// <param name="query">The query.</param>
    public bool LacksPercentiles(SegmentQuery query) => Customers > 0 && Percentiles.Count < query.Percentiles.Count;

    /// <summary>The histogram, from the lowest scores to the highest.</summary>
    public required IReadOnlyList<HistogramBucket> Histogram { get; init; }

    /// <summary>Customers in each band of the model.</summary>
    public required IReadOnlyList<BandCount> Bands { get; init; }

    /// <summary>Customers in each stage of the lifecycle, in the order of the stages.</summary>
    public required IReadOnlyList<LifecycleCount> Lifecycles { get; init; }

    /// <summary>Shares by engagement; null when there are no customers.</summary>
    public EngagementIndex? EngagementIndex { get; init; }

    /// <summary>Who was active; null when there are no customers.</summary>
    public Activity? Activity { get; init; }

    /// <summary>The highest-scored customers, highest first; equal scores by customer id (ordinal).</summary>
    public required IReadOnlyList<RankedCustomer> Top { get; init; }

    /// <summary>The lowest-scored customers, lowest first; equal scores by customer id (ordinal). Without churned ones, and those in the model's tenure grace, where that was asked for.</summary>
    public required IReadOnlyList<RankedCustomer> Bottom { get; init; }

    /// <summary>Events by type, by name of the type (ordinal); empty unless asked for.</summary>
    public required IReadOnlyList<EventTypeTotal> EventTotals { get; init; }

    /// <summary>For a segment without customers: the clauses of the filter that no customer meets, with what was perhaps meant.</summary>
    public IReadOnlyList<FilterHint> FilterHints { get; init; } = [];

    /// <summary>The instant that the figures hold for.</summary>
    public required Instant ReadTime { get; init; }

    /// <summary>The model that was used.</summary>
    public required string ModelName { get; init; }

    /// <summary>Its version.</summary>
    public required int ModelVersion { get; init; }
}
