using System.Text.Json;
using System.Text.Json.Serialization;
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
        new(new EventTerm(s.EventType, s.HalfLifeDays, s.Measure, s.Weight, s.Cap), s.Quantity, s.Points, s.Capped);

    public ContributionSurrogate ConvertToSurrogate(in Contribution value)
    {
        var (of, quantity, points, capped) = value;
        var term = (EventTerm)of;
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
    [property: Id(13)] Lifecycle Lifecycle,
    [property: Id(14)] byte[]? Details
);

/// <summary>What only scores have that are adjusted, or of models that count more than events or limit more than terms: sent as JSON, so that a score by any other is no longer than it was.</summary>
internal sealed record ScoreDetails
{
    private static readonly ScoreDetails None = new();

    /// <summary>What terms add that are of another kind than events or belong to a dimension.</summary>
    public IReadOnlyList<Contribution> Contributions { get; init; } = [];

    /// <summary>What the dimensions add.</summary>
    public IReadOnlyList<DimensionScore> Dimensions { get; init; } = [];

    /// <summary>The manual adjustment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AdjustmentScore? Adjustment { get; init; }

    /// <summary>What limits add.</summary>
    public IReadOnlyList<CutOff> CutOffs { get; init; } = [];

    /// <summary>Whether the customer is in its tenure grace.</summary>
    public bool InGrace { get; init; }

    /// <summary>Whether a contribution is sent as all were before there were others.</summary>
    public static bool IsPlain(Contribution part) => part.Term is EventTerm { Dimension: null };

    public static byte[]? Write(CustomerScore score)
    {
        var details = new ScoreDetails
        {
            Contributions = [.. score.Contributions.Where(part => !IsPlain(part))],
            Dimensions = score.Dimensions,
            Adjustment = score.Adjustment,
            CutOffs = score.CutOffs,
            InGrace = score.InGrace,
        };
        return details is { Contributions: [], Dimensions: [], Adjustment: null, CutOffs: [], InGrace: false }
            ? null
            : JsonSerializer.SerializeToUtf8Bytes(details, JsonSurrogate.Options);
    }

    public static ScoreDetails Read(byte[]? details) =>
        details is null ? None : JsonSerializer.Deserialize<ScoreDetails>(details, JsonSurrogate.Options)!;
}

[RegisterConverter]
internal sealed class CustomerScoreConverter : IConverter<CustomerScore, CustomerScoreSurrogate>
{
    public CustomerScore ConvertFromSurrogate(in CustomerScoreSurrogate s)
    {
        var details = ScoreDetails.Read(s.Details);
        return new()
        {
            CustomerId = s.CustomerId,
            AccountId = s.AccountId,
            Attributes = s.Attributes,
            Points = s.Points,
            Score = s.Score,
            Band = s.Band,
            Momentum = s.Momentum,
            Contributions =
                details.Contributions.Count == 0 ? s.Contributions : [.. s.Contributions, .. details.Contributions],
            NextBand = s.NextBand,
            ModelName = s.ModelName,
            ModelVersion = s.ModelVersion,
            ReadTime = new Instant(s.ReadTime),
            LastEventTime = s.LastEventTime is { } ticks ? new Instant(ticks) : null,
            Lifecycle = s.Lifecycle,
            Dimensions = details.Dimensions,
            Adjustment = details.Adjustment,
            CutOffs = details.CutOffs,
            InGrace = details.InGrace,
        };
    }

    public CustomerScoreSurrogate ConvertToSurrogate(in CustomerScore value) =>
        new(
            value.CustomerId,
            value.AccountId,
            [.. value.Attributes],
            value.Points,
            value.Score,
            value.Band,
            value.Momentum,
            [.. value.Contributions.Where(ScoreDetails.IsPlain)],
            value.NextBand,
            value.ModelName,
            value.ModelVersion,
            value.ReadTime.Ticks,
            value.LastEventTime?.Ticks,
            value.Lifecycle,
            ScoreDetails.Write(value)
        );
}
