using Scoring.Core.Lifecycles;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.segment-query"), Immutable]
internal record struct SegmentQuerySurrogate(
    [property: Id(0)] string Workspace,
    [property: Id(1)] string Model,
    [property: Id(2)] KeyValuePair<string, string>[] Clauses,
    [property: Id(3)] double[] Percentiles,
    [property: Id(4)] double HistogramFrom,
    [property: Id(5)] double HistogramTo,
    [property: Id(6)] int HistogramBuckets,
    [property: Id(7)] int Top,
    [property: Id(8)] int Bottom,
    [property: Id(9)] bool EventTotals,
    [property: Id(10)] bool BottomWithoutChurned,
    [property: Id(11)] long? ReadTicks
);

[RegisterConverter]
internal sealed class SegmentQueryConverter : IConverter<SegmentQuery, SegmentQuerySurrogate>
{
    public SegmentQuery ConvertFromSurrogate(in SegmentQuerySurrogate s) =>
        new()
        {
            Workspace = s.Workspace,
            Model = s.Model,
            Filter = SegmentFilter.Of(s.Clauses),
            Percentiles = s.Percentiles,
            Histogram = new HistogramSpec(s.HistogramFrom, s.HistogramTo, s.HistogramBuckets),
            Top = s.Top,
            Bottom = s.Bottom,
            EventTotals = s.EventTotals,
            BottomWithoutChurned = s.BottomWithoutChurned,
            ReadTime = s.ReadTicks is { } ticks ? new Instant(ticks) : null,
        };

    public SegmentQuerySurrogate ConvertToSurrogate(in SegmentQuery value) =>
        new(
            value.Workspace,
            value.Model,
            [.. value.Filter.Clauses],
            [.. value.Percentiles],
            value.Histogram.From,
            value.Histogram.To,
            value.Histogram.Buckets,
            value.Top,
            value.Bottom,
            value.EventTotals,
            value.BottomWithoutChurned,
            value.ReadTime?.Ticks
        );
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.percentile"), Immutable]
internal record struct PercentileSurrogate([property: Id(0)] double Rank, [property: Id(1)] double Score);

[RegisterConverter]
internal sealed class PercentileConverter : SurrogateConverter<Percentile, PercentileSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.histogram-bucket"), Immutable]
internal record struct HistogramBucketSurrogate(
    [property: Id(0)] double? From,
    [property: Id(1)] double? To,
    [property: Id(2)] long Customers
);

[RegisterConverter]
internal sealed class HistogramBucketConverter : SurrogateConverter<HistogramBucket, HistogramBucketSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.band-count"), Immutable]
internal record struct BandCountSurrogate(
    [property: Id(0)] string Band,
    [property: Id(1)] long Customers,
    [property: Id(2)] double? Share
);

[RegisterConverter]
internal sealed class BandCountConverter : SurrogateConverter<BandCount, BandCountSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.lifecycle-count"), Immutable]
internal record struct LifecycleCountSurrogate(
    [property: Id(0)] Lifecycle Lifecycle,
    [property: Id(1)] long Customers,
    [property: Id(2)] double? Share
);

[RegisterConverter]
internal sealed class LifecycleCountConverter : SurrogateConverter<LifecycleCount, LifecycleCountSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.engagement-index"), Immutable]
internal record struct EngagementIndexSurrogate(
    [property: Id(0)] double Engaged,
    [property: Id(1)] double SomewhatEngaged,
    [property: Id(2)] double NotEngaged
);

[RegisterConverter]
internal sealed class EngagementIndexConverter : SurrogateConverter<EngagementIndex, EngagementIndexSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.activity"), Immutable]
internal record struct ActivitySurrogate(
    [property: Id(0)] long DailyActive,
    [property: Id(1)] long WeeklyActive,
    [property: Id(2)] long MonthlyActive
);

[RegisterConverter]
internal sealed class ActivityConverter : SurrogateConverter<Activity, ActivitySurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.ranked-customer"), Immutable]
internal record struct RankedCustomerSurrogate(
    [property: Id(0)] string CustomerId,
    [property: Id(1)] double Score,
    [property: Id(2)] string AccountId,
    [property: Id(3)] Lifecycle Lifecycle,
    [property: Id(4)] double? Momentum
);

[RegisterConverter]
internal sealed class RankedCustomerConverter : SurrogateConverter<RankedCustomer, RankedCustomerSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.event-type-total"), Immutable]
internal record struct EventTypeTotalSurrogate(
    [property: Id(0)] string EventType,
    [property: Id(1)] long Customers,
    [property: Id(2)] double Count,
    [property: Id(3)] double Value
);

[RegisterConverter]
internal sealed class EventTypeTotalConverter : SurrogateConverter<EventTypeTotal, EventTypeTotalSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.filter-hint"), Immutable]
internal record struct FilterHintSurrogate(
    [property: Id(0)] int Clause,
    [property: Id(1)] string Key,
    [property: Id(2)] string Value,
    [property: Id(3)] bool KeyKnown,
    [property: Id(4)] string[] SuggestedKeys,
    [property: Id(5)] string[] SuggestedValues
);

[RegisterConverter]
internal sealed class FilterHintConverter : SurrogateConverter<FilterHint, FilterHintSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.segment-statistics"), Immutable]
internal record struct SegmentStatisticsSurrogate(
    [property: Id(0)] long Customers,
    [property: Id(1)] long AheadCustomers,
    [property: Id(2)] double? Mean,
    [property: Id(3)] double? StandardDeviation,
    [property: Id(4)] double? Min,
    [property: Id(5)] double? Max,
    [property: Id(6)] Percentile[] Percentiles,
    [property: Id(7)] HistogramBucket[] Histogram,
    [property: Id(8)] BandCount[] Bands,
    [property: Id(9)] LifecycleCount[] Lifecycles,
    [property: Id(10)] EngagementIndex? EngagementIndex,
    [property: Id(11)] Activity? Activity,
    [property: Id(12)] RankedCustomer[] Top,
    [property: Id(13)] RankedCustomer[] Bottom,
    [property: Id(14)] EventTypeTotal[] EventTotals,
    [property: Id(15)] FilterHint[] FilterHints,
    [property: Id(16)] long ReadTime,
    [property: Id(17)] string ModelName,
    [property: Id(18)] int ModelVersion
);

[RegisterConverter]
internal sealed class SegmentStatisticsConverter : SurrogateConverter<SegmentStatistics, SegmentStatisticsSurrogate>;
