using Scoring.Core.Lifecycles;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.segment-query"), Immutable]
internal struct SegmentQuerySurrogate
{
    [Id(0)]
    public string Workspace;

    [Id(1)]
    public string Model;

    [Id(2)]
    public KeyValuePair<string, string>[] Clauses;

    [Id(3)]
    public double[] Percentiles;

    [Id(4)]
    public double HistogramFrom;

    [Id(5)]
    public double HistogramTo;

    [Id(6)]
    public int HistogramBuckets;

    [Id(7)]
    public int Top;

    [Id(8)]
    public int Bottom;

    [Id(9)]
    public bool EventTotals;

    [Id(10)]
    public bool BottomWithoutChurned;

    [Id(11)]
    public long? ReadTicks;
}

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
        new()
        {
            Workspace = value.Workspace,
            Model = value.Model,
            Clauses = [.. value.Filter.Clauses],
            Percentiles = [.. value.Percentiles],
            HistogramFrom = value.Histogram.From,
            HistogramTo = value.Histogram.To,
            HistogramBuckets = value.Histogram.Buckets,
            Top = value.Top,
            Bottom = value.Bottom,
            EventTotals = value.EventTotals,
            BottomWithoutChurned = value.BottomWithoutChurned,
            ReadTicks = value.ReadTime?.Ticks,
        };
}

[GenerateSerializer, Alias("scoring.percentile"), Immutable]
internal struct PercentileSurrogate
{
    [Id(0)]
    public double Rank;

    [Id(1)]
    public double Score;
}

[RegisterConverter]
internal sealed class PercentileConverter : IConverter<Percentile, PercentileSurrogate>
{
    public Percentile ConvertFromSurrogate(in PercentileSurrogate s) => new(s.Rank, s.Score);

    public PercentileSurrogate ConvertToSurrogate(in Percentile value) =>
        new() { Rank = value.Rank, Score = value.Score };
}

[GenerateSerializer, Alias("scoring.histogram-bucket"), Immutable]
internal struct HistogramBucketSurrogate
{
    [Id(0)]
    public double? From;

    [Id(1)]
    public double? To;

    [Id(2)]
    public long Customers;
}

[RegisterConverter]
internal sealed class HistogramBucketConverter : IConverter<HistogramBucket, HistogramBucketSurrogate>
{
    public HistogramBucket ConvertFromSurrogate(in HistogramBucketSurrogate s) => new(s.From, s.To, s.Customers);

    public HistogramBucketSurrogate ConvertToSurrogate(in HistogramBucket value) =>
        new()
        {
            From = value.From,
            To = value.To,
            Customers = value.Customers,
        };
}

[GenerateSerializer, Alias("scoring.band-count"), Immutable]
internal struct BandCountSurrogate
{
    [Id(0)]
    public string Band;

    [Id(1)]
    public long Customers;

    [Id(2)]
    public double? Share;
}

[RegisterConverter]
internal sealed class BandCountConverter : IConverter<BandCount, BandCountSurrogate>
{
    public BandCount ConvertFromSurrogate(in BandCountSurrogate s) => new(s.Band, s.Customers, s.Share);

    public BandCountSurrogate ConvertToSurrogate(in BandCount value) =>
        new()
        {
            Band = value.Band,
            Customers = value.Customers,
            Share = value.Share,
        };
}

[GenerateSerializer, Alias("scoring.lifecycle-count"), Immutable]
internal struct LifecycleCountSurrogate
{
    [Id(0)]
    public Lifecycle Lifecycle;

    [Id(1)]
    public long Customers;

    [Id(2)]
    public double? Share;
}

[RegisterConverter]
internal sealed class LifecycleCountConverter : IConverter<LifecycleCount, LifecycleCountSurrogate>
{
    public LifecycleCount ConvertFromSurrogate(in LifecycleCountSurrogate s) => new(s.Lifecycle, s.Customers, s.Share);

    public LifecycleCountSurrogate ConvertToSurrogate(in LifecycleCount value) =>
        new()
        {
            Lifecycle = value.Lifecycle,
            Customers = value.Customers,
            Share = value.Share,
        };
}

[GenerateSerializer, Alias("scoring.engagement-index"), Immutable]
internal struct EngagementIndexSurrogate
{
    [Id(0)]
    public double Engaged;

    [Id(1)]
    public double SomewhatEngaged;

    [Id(2)]
    public double NotEngaged;
}

[RegisterConverter]
internal sealed class EngagementIndexConverter : IConverter<EngagementIndex, EngagementIndexSurrogate>
{
    public EngagementIndex ConvertFromSurrogate(in EngagementIndexSurrogate s) =>
        new(s.Engaged, s.SomewhatEngaged, s.NotEngaged);

    public EngagementIndexSurrogate ConvertToSurrogate(in EngagementIndex value) =>
        new()
        {
            Engaged = value.Engaged,
            SomewhatEngaged = value.SomewhatEngaged,
            NotEngaged = value.NotEngaged,
        };
}

[GenerateSerializer, Alias("scoring.activity"), Immutable]
internal struct ActivitySurrogate
{
    [Id(0)]
    public long DailyActive;

    [Id(1)]
    public long WeeklyActive;

    [Id(2)]
    public long MonthlyActive;
}

[RegisterConverter]
internal sealed class ActivityConverter : IConverter<Activity, ActivitySurrogate>
{
    public Activity ConvertFromSurrogate(in ActivitySurrogate s) => new(s.DailyActive, s.WeeklyActive, s.MonthlyActive);

    public ActivitySurrogate ConvertToSurrogate(in Activity value) =>
        new()
        {
            DailyActive = value.DailyActive,
            WeeklyActive = value.WeeklyActive,
            MonthlyActive = value.MonthlyActive,
        };
}

[GenerateSerializer, Alias("scoring.ranked-customer"), Immutable]
internal struct RankedCustomerSurrogate
{
    [Id(0)]
    public string CustomerId;

    [Id(1)]
    public double Score;

    [Id(2)]
    public string AccountId;

    [Id(3)]
    public Lifecycle Lifecycle;

    [Id(4)]
    public double? Momentum;
}

[RegisterConverter]
internal sealed class RankedCustomerConverter : IConverter<RankedCustomer, RankedCustomerSurrogate>
{
    public RankedCustomer ConvertFromSurrogate(in RankedCustomerSurrogate s) =>
        new(s.CustomerId, s.Score)
        {
            AccountId = s.AccountId,
            Lifecycle = s.Lifecycle,
            Momentum = s.Momentum,
        };

    public RankedCustomerSurrogate ConvertToSurrogate(in RankedCustomer value) =>
        new()
        {
            CustomerId = value.CustomerId,
            Score = value.Score,
            AccountId = value.AccountId,
            Lifecycle = value.Lifecycle,
            Momentum = value.Momentum,
        };
}

[GenerateSerializer, Alias("scoring.event-type-total"), Immutable]
internal struct EventTypeTotalSurrogate
{
    [Id(0)]
    public string EventType;

    [Id(1)]
    public long Customers;

    [Id(2)]
    public double Count;

    [Id(3)]
    public double Value;
}

[RegisterConverter]
internal sealed class EventTypeTotalConverter : IConverter<EventTypeTotal, EventTypeTotalSurrogate>
{
    public EventTypeTotal ConvertFromSurrogate(in EventTypeTotalSurrogate s) =>
        new(s.EventType, s.Customers, s.Count, s.Value);

    public EventTypeTotalSurrogate ConvertToSurrogate(in EventTypeTotal value) =>
        new()
        {
            EventType = value.EventType,
            Customers = value.Customers,
            Count = value.Count,
            Value = value.Value,
        };
}

[GenerateSerializer, Alias("scoring.filter-hint"), Immutable]
internal struct FilterHintSurrogate
{
    [Id(0)]
    public int Clause;

    [Id(1)]
    public string Key;

    [Id(2)]
    public string Value;

    [Id(3)]
    public bool KeyKnown;

    [Id(4)]
    public string[] SuggestedKeys;

    [Id(5)]
    public string[] SuggestedValues;
}

[RegisterConverter]
internal sealed class FilterHintConverter : IConverter<FilterHint, FilterHintSurrogate>
{
    public FilterHint ConvertFromSurrogate(in FilterHintSurrogate s) =>
        new(s.Clause, s.Key, s.Value, s.KeyKnown, s.SuggestedKeys, s.SuggestedValues);

    public FilterHintSurrogate ConvertToSurrogate(in FilterHint value) =>
        new()
        {
            Clause = value.Clause,
            Key = value.Key,
            Value = value.Value,
            KeyKnown = value.KeyKnown,
            SuggestedKeys = [.. value.SuggestedKeys],
            SuggestedValues = [.. value.SuggestedValues],
        };
}

[GenerateSerializer, Alias("scoring.segment-statistics"), Immutable]
internal struct SegmentStatisticsSurrogate
{
    [Id(0)]
    public long Customers;

    [Id(1)]
    public long AheadCustomers;

    [Id(2)]
    public double? Mean;

    [Id(3)]
    public double? StandardDeviation;

    [Id(4)]
    public double? Min;

    [Id(5)]
    public double? Max;

    [Id(6)]
    public Percentile[] Percentiles;

    [Id(7)]
    public HistogramBucket[] Histogram;

    [Id(8)]
    public BandCount[] Bands;

    [Id(9)]
    public LifecycleCount[] Lifecycles;

    [Id(10)]
    public EngagementIndex? EngagementIndex;

    [Id(11)]
    public Activity? Activity;

    [Id(12)]
    public RankedCustomer[] Top;

    [Id(13)]
    public RankedCustomer[] Bottom;

    [Id(14)]
    public EventTypeTotal[] EventTotals;

    [Id(15)]
    public FilterHint[] FilterHints;

    [Id(16)]
    public long ReadTicks;

    [Id(17)]
    public string ModelName;

    [Id(18)]
    public int ModelVersion;
}

[RegisterConverter]
internal sealed class SegmentStatisticsConverter : IConverter<SegmentStatistics, SegmentStatisticsSurrogate>
{
    public SegmentStatistics ConvertFromSurrogate(in SegmentStatisticsSurrogate s) =>
        new()
        {
            Customers = s.Customers,
            AheadCustomers = s.AheadCustomers,
            Mean = s.Mean,
            StandardDeviation = s.StandardDeviation,
            Min = s.Min,
            Max = s.Max,
            Percentiles = s.Percentiles,
            Histogram = s.Histogram,
            Bands = s.Bands,
            Lifecycles = s.Lifecycles,
            EngagementIndex = s.EngagementIndex,
            Activity = s.Activity,
            Top = s.Top,
            Bottom = s.Bottom,
            EventTotals = s.EventTotals,
            FilterHints = s.FilterHints,
            ReadTime = new Instant(s.ReadTicks),
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
        };

    public SegmentStatisticsSurrogate ConvertToSurrogate(in SegmentStatistics value) =>
        new()
        {
            Customers = value.Customers,
            AheadCustomers = value.AheadCustomers,
            Mean = value.Mean,
            StandardDeviation = value.StandardDeviation,
            Min = value.Min,
            Max = value.Max,
            Percentiles = [.. value.Percentiles],
            Histogram = [.. value.Histogram],
            Bands = [.. value.Bands],
            Lifecycles = [.. value.Lifecycles],
            EngagementIndex = value.EngagementIndex,
            Activity = value.Activity,
            Top = [.. value.Top],
            Bottom = [.. value.Bottom],
            EventTotals = [.. value.EventTotals],
            FilterHints = [.. value.FilterHints],
            ReadTicks = value.ReadTime.Ticks,
            ModelName = value.ModelName,
            ModelVersion = value.ModelVersion,
        };
}
