using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.contribution"), Immutable]
internal record struct ContributionSurrogate(
    [property: Id(0)] string EventType,
    [property: Id(1)] int HalfLifeDays,
    [property: Id(2)] Measure Measure,
    [property: Id(3)] double Weight,
    [property: Id(4)] double? Cap,
    [property: Id(5)] double Quantity,
    [property: Id(6)] double Points,
    [property: Id(7)] bool Capped
);

[RegisterConverter]
internal sealed class ContributionConverter : IConverter<Contribution, ContributionSurrogate>
{
    public Contribution ConvertFromSurrogate(in ContributionSurrogate s) =>
        new(new Term(s.EventType, s.HalfLifeDays, s.Measure, s.Weight, s.Cap), s.Quantity, s.Points, s.Capped);

    public ContributionSurrogate ConvertToSurrogate(in Contribution value)
    {
        var (term, quantity, points, capped) = value;
        return new(term.EventType, term.HalfLifeDays, term.Measure, term.Weight, term.Cap, quantity, points, capped);
    }
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.next-band"), Immutable]
internal record struct NextBandSurrogate(
    [property: Id(0)] string Band,
    [property: Id(1)] double FromScore,
    [property: Id(2)] double Points,
    [property: Id(3)] bool Exclusive
);

[RegisterConverter]
internal sealed class NextBandConverter : IConverter<NextBand, NextBandSurrogate>
{
    public NextBand ConvertFromSurrogate(in NextBandSurrogate s) => new(s.Band, s.FromScore, s.Points, s.Exclusive);

    public NextBandSurrogate ConvertToSurrogate(in NextBand value) =>
        new(value.Band, value.FromScore, value.Points, value.Exclusive);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.customer-score"), Immutable]
internal record struct CustomerScoreSurrogate(
    [property: Id(0)] string CustomerId,
    [property: Id(1)] string AccountId,
    [property: Id(2)] KeyValuePair<string, string>[] Attributes,
    [property: Id(3)] double Points,
    [property: Id(4)] double Score,
    [property: Id(5)] string Band,
    [property: Id(6)] double? Momentum,
    [property: Id(7)] Contribution[] Contributions,
    [property: Id(8)] NextBand? NextBand,
    [property: Id(9)] string ModelName,
    [property: Id(10)] int ModelVersion,
    [property: Id(11)] long ReadTime,
    [property: Id(12)] long? LastEventTime,
    [property: Id(13)] Lifecycle Lifecycle
);

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
            Momentum = s.Momentum,
            Contributions = s.Contributions,
            NextBand = s.NextBand,
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
            ReadTime = new Instant(s.ReadTime),
            LastEventTime = s.LastEventTime is { } ticks ? new Instant(ticks) : null,
            Lifecycle = s.Lifecycle,
        };

    public CustomerScoreSurrogate ConvertToSurrogate(in CustomerScore value) =>
        new(
            value.CustomerId,
            value.AccountId,
            [.. value.Attributes],
            value.Points,
            value.Score,
            value.Band,
            value.Momentum,
            [.. value.Contributions],
            value.NextBand,
            value.ModelName,
            value.ModelVersion,
            value.ReadTime.Ticks,
            value.LastEventTime?.Ticks,
            value.Lifecycle
        );
}
