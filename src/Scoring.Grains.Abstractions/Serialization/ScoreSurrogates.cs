using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

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
            Momentum = value.Momentum,
            Contributions = [.. value.Contributions],
            NextBand = value.NextBand,
            ModelName = value.ModelName,
            ModelVersion = value.ModelVersion,
            ReadTicks = value.ReadTime.Ticks,
            LastEventTicks = value.LastEventTime?.Ticks,
            Lifecycle = value.Lifecycle,
        };
}
