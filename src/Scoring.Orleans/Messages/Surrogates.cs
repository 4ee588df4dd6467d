using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Cluster.Messages;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.rejection"), Immutable]
internal struct RejectionSurrogate
{
    [Id(0)]
    public int Index;

    [Id(1)]
    public RejectionReason Reason;

    [Id(2)]
    public string Field;

    [Id(3)]
    public string Message;
}

[RegisterConverter]
internal sealed class RejectionConverter : IConverter<Rejection, RejectionSurrogate>
{
    public Rejection ConvertFromSurrogate(in RejectionSurrogate s) => new(s.Index, s.Reason, s.Field, s.Message);

    public RejectionSurrogate ConvertToSurrogate(in Rejection value) =>
        new()
        {
            Index = value.Index,
            Reason = value.Reason,
            Field = value.Field,
            Message = value.Message,
        };
}

[GenerateSerializer, Alias("scoring.customer-update"), Immutable]
internal struct CustomerUpdateSurrogate
{
    [Id(0)]
    public string CustomerId;

    [Id(1)]
    public string AccountId;

    [Id(2)]
    public KeyValuePair<string, string>[] Attributes;
}

[RegisterConverter]
internal sealed class CustomerUpdateConverter : IConverter<CustomerUpdate, CustomerUpdateSurrogate>
{
    public CustomerUpdate ConvertFromSurrogate(in CustomerUpdateSurrogate s) =>
        new(s.CustomerId, s.AccountId, s.Attributes);

    public CustomerUpdateSurrogate ConvertToSurrogate(in CustomerUpdate value) =>
        new()
        {
            CustomerId = value.CustomerId,
            AccountId = value.AccountId,
            Attributes = [.. value.Attributes],
        };
}

[GenerateSerializer, Alias("scoring.account-update"), Immutable]
internal struct AccountUpdateSurrogate
{
    [Id(0)]
    public string AccountId;

    [Id(1)]
    public int? Seats;

    [Id(2)]
    public KeyValuePair<string, string>[] Attributes;
}

[RegisterConverter]
internal sealed class AccountUpdateConverter : IConverter<AccountUpdate, AccountUpdateSurrogate>
{
    public AccountUpdate ConvertFromSurrogate(in AccountUpdateSurrogate s) => new(s.AccountId, s.Seats, s.Attributes);

    public AccountUpdateSurrogate ConvertToSurrogate(in AccountUpdate value) =>
        new()
        {
            AccountId = value.AccountId,
            Seats = value.Seats,
            Attributes = [.. value.Attributes],
        };
}

[GenerateSerializer, Alias("scoring.contribution"), Immutable]
internal struct ContributionSurrogate
{
    [Id(0)]
    public string EventType;

    [Id(1)]
    public int HalfLifeDays;

    [Id(2)]
    public Measure Measure;

    [Id(3)]
    public double Weight;

    [Id(4)]
    public double? Cap;

    [Id(5)]
    public double Quantity;

    [Id(6)]
    public double Points;

    [Id(7)]
    public bool Capped;
}

[RegisterConverter]
internal sealed class ContributionConverter : IConverter<Contribution, ContributionSurrogate>
{
    public Contribution ConvertFromSurrogate(in ContributionSurrogate s) =>
        new(new Term(s.EventType, s.HalfLifeDays, s.Measure, s.Weight, s.Cap), s.Quantity, s.Points, s.Capped);

    public ContributionSurrogate ConvertToSurrogate(in Contribution value) =>
        new()
        {
            EventType = value.Term.EventType,
            HalfLifeDays = value.Term.HalfLifeDays,
            Measure = value.Term.Measure,
            Weight = value.Term.Weight,
            Cap = value.Term.Cap,
            Quantity = value.Quantity,
            Points = value.Points,
            Capped = value.Capped,
        };
}

[GenerateSerializer, Alias("scoring.next-band"), Immutable]
internal struct NextBandSurrogate
{
    [Id(0)]
    public string Band;

    [Id(1)]
    public double FromScore;

    [Id(2)]
    public double Points;

    [Id(3)]
    public bool Exclusive;
}

[RegisterConverter]
internal sealed class NextBandConverter : IConverter<NextBand, NextBandSurrogate>
{
    public NextBand ConvertFromSurrogate(in NextBandSurrogate s) => new(s.Band, s.FromScore, s.Points, s.Exclusive);

    public NextBandSurrogate ConvertToSurrogate(in NextBand value) =>
        new()
        {
            Band = value.Band,
            FromScore = value.FromScore,
            Points = value.Points,
            Exclusive = value.Exclusive,
        };
}

[GenerateSerializer, Alias("scoring.customer-score"), Immutable]
internal struct CustomerScoreSurrogate
{
    [Id(0)]
    public string CustomerId;

    [Id(1)]
    public string AccountId;

    [Id(2)]
    public KeyValuePair<string, string>[] Attributes;

    [Id(3)]
    public double Points;

    [Id(4)]
    public double Score;

    [Id(5)]
    public string Band;

    [Id(6)]
    public double? Momentum;

    [Id(7)]
    public Contribution[] Contributions;

    [Id(8)]
    public NextBand? NextBand;

    [Id(9)]
    public string ModelName;

    [Id(10)]
    public int ModelVersion;

    [Id(11)]
    public long ReadTicks;

    [Id(12)]
    public long? LastEventTicks;

    [Id(13)]
    public Lifecycle Lifecycle;
}

[RegisterConverter]
internal sealed class CustomerScoreConverter : IConverter<CustomerScore, CustomerScoreSurrogate>
{
    public CustomerScore ConvertFromSurrogate(in CustomerScoreSurrogate s) =>
        new()
        {
            CustomerId = s.CustomerId,
            AccountId = s.AccountId,
            Attributes = s.Attributes,
            Points = s.Points,
            Score = s.Score,
            Band = s.Band,
            Lifecycle = s.Lifecycle,
            Momentum = s.Momentum,
            Contributions = s.Contributions,
            NextBand = s.NextBand,
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
            ReadTime = new Instant(s.ReadTicks),
            LastEventTime = s.LastEventTicks is { } ticks ? new Instant(ticks) : null,
        };

    public CustomerScoreSurrogate ConvertToSurrogate(in CustomerScore value) =>
        new()
        {
            CustomerId = value.CustomerId,
            AccountId = value.AccountId,
            Attributes = [.. value.Attributes],
            Points = value.Points,
            Score = value.Score,
            Band = value.Band,
            Lifecycle = value.Lifecycle,
            Momentum = value.Momentum,
            Contributions = [.. value.Contributions],
            NextBand = value.NextBand,
            ModelName = value.ModelName,
            ModelVersion = value.ModelVersion,
            ReadTicks = value.ReadTime.Ticks,
            LastEventTicks = value.LastEventTime?.Ticks,
        };
}

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
        };
}
