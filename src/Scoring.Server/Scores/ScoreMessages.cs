using Scoring.Core.Lifecycles;
using Scoring.Core.Scores;
using Scoring.Server.Fields;
using Scoring.Server.Models;

namespace Scoring.Server.Scores;

/// <summary>Scores in the words of the contract.</summary>
internal static class ScoreMessages
{
    public static V1.CustomerScore ToProto(CustomerScore score)
    {
        var message = new V1.CustomerScore
        {
            CustomerId = score.CustomerId,
            AccountId = score.AccountId,
            Score = score.Score,
            DisplayScore = score.Index,
            Band = score.Band,
            Points = score.Points,
            Lifecycle = ToProto(score.Lifecycle),
            NextBand = score.NextBand is { } next ? ToProto(next) : null,
            ModelName = score.ModelName,
            ModelVersion = score.ModelVersion,
            ReadTime = Instants.ToTimestamp(score.ReadTime),
            LastEventTime = score.LastEventTime is { } last ? Instants.ToTimestamp(last) : null,
        };
        if (score.Momentum is { } momentum)
        {
            message.Momentum = momentum;
        }
        foreach (var contribution in score.Contributions)
        {
            message.Contributions.Add(ToProto(contribution));
        }
        foreach (var (key, value) in score.Attributes)
        {
            message.Attributes[key] = value;
        }
        return message;
    }

    public static V1.Lifecycle ToProto(Lifecycle lifecycle) =>
        lifecycle switch
        {
            Lifecycle.New => V1.Lifecycle.New,
            Lifecycle.Active => V1.Lifecycle.Active,
            Lifecycle.Dormant => V1.Lifecycle.Dormant,
            Lifecycle.Churned => V1.Lifecycle.Churned,
            _ => throw new ArgumentOutOfRangeException(nameof(lifecycle), lifecycle, "not a stage of the contract"),
        };

    private static V1.Contribution ToProto(Contribution contribution) =>
        new()
        {
            EventType = contribution.Term.EventType,
            HalfLifeDays = contribution.Term.HalfLifeDays,
            Measure = ModelMessages.ToProto(contribution.Term.Measure),
            Quantity = contribution.Quantity,
            Weight = contribution.Term.Weight,
            Points = contribution.Points,
            Capped = contribution.Capped,
        };

    private static V1.NextBand ToProto(NextBand next) =>
        new()
        {
            Band = next.Band,
            FromScore = next.FromScore,
            MissingPoints = next.Points,
            Exclusive = next.Exclusive,
        };
}
