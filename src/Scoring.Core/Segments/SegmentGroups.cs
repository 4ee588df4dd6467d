using Scoring.Core.Lifecycles;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>A segment by the values of attributes.</summary>
/// <param name="Groups">The largest groups, the largest first; equally large ones by their values (ordinal).</param>
/// <param name="Other">All other groups together; null when there are none.</param>
/// <param name="OtherGroups">How many these are.</param>
/// <param name="Customers">Customers of all groups.</param>
/// <param name="AheadCustomers">Customers left out since their newest event lies further ahead of the clock than the tolerated skew.</param>
/// <param name="ReadTime">The instant that the figures hold for.</param>
/// <param name="ModelName">The model that was used.</param>
/// <param name="ModelVersion">Its version.</param>
public sealed record SegmentGroups(
    IReadOnlyList<SegmentGroup> Groups,
    SegmentGroup? Other,
    long OtherGroups,
    long Customers,
    long AheadCustomers,
    Instant ReadTime,
    string ModelName,
    int ModelVersion
);

/// <summary>Customers of a segment that have values of attributes in common, each figure as if every one had been scored alone.</summary>
/// <param name="Values">The values, in the order of the keys asked for; empty where they have none. Of several groups together there are none.</param>
/// <param name="Customers">Number of customers, at least one.</param>
/// <param name="Mean">Mean of the scores.</param>
/// <param name="StandardDeviation">Population standard deviation of the scores.</param>
/// <param name="Min">Lowest score.</param>
/// <param name="Max">Highest score.</param>
/// <param name="Bands">Customers in each band of the model.</param>
/// <param name="Lifecycles">Customers in each stage of the lifecycle.</param>
/// <param name="EngagementIndex">Shares by engagement.</param>
/// <param name="MonthlyActive">Customers active in the 30 days that end with that of the read time.</param>
public sealed record SegmentGroup(
    IReadOnlyList<string> Values,
    long Customers,
    double Mean,
    double StandardDeviation,
    double Min,
    double Max,
    IReadOnlyList<BandCount> Bands,
    IReadOnlyList<LifecycleCount> Lifecycles,
    EngagementIndex EngagementIndex,
    long MonthlyActive
);
