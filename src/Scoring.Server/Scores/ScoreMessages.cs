using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
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
            InGrace = score.InGrace,
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
        if (score.Adjustment is var (adjustment, adjusted))
        {
            message.Contributions.Add(
                new V1.Contribution { Adjustment = AdjustmentMessages.ToProto(adjustment), Points = adjusted }
            );
        }
        foreach (var cutOff in score.CutOffs)
        {
            message.Contributions.Add(ToProto(cutOff));
        }
        foreach (var (dimension, points, capped) in score.Dimensions)
        {
            message.Dimensions.Add(
                new V1.DimensionScore
                {
                    Dimension = dimension.Name,
                    Title = dimension.Title,
                    Points = points,
                    Capped = capped,
                }
            );
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

    private static V1.Contribution ToProto(Contribution contribution)
    {
        var message = new V1.Contribution
        {
            Quantity = contribution.Quantity,
            Weight = contribution.Term.Weight,
            Points = contribution.Points,
            Capped = contribution.Capped,
            Dimension = contribution.Term.Dimension ?? "",
        };
        switch (contribution.Term)
        {
            case EventTerm events:
                message.EventType = events.EventType;
                message.HalfLifeDays = events.HalfLifeDays;
                message.Measure = ModelMessages.ToProto(events.Measure);
                break;
            case FeatureTerm feature:
                message.Feature = ModelMessages.ToProto(feature);
                break;
            case AttributeTerm attribute:
                message.Attribute = ModelMessages.ToProto(attribute);
                break;
            case RecencyTerm recency:
                message.Recency = ModelMessages.ToProto(recency);
                break;
            case ActiveDaysTerm active:
                message.ActiveDays = ModelMessages.ToProto(active);
                break;
        }
        return message;
    }

    private static V1.Contribution ToProto(CutOff cutOff) =>
        new()
        {
            CutOff = cutOff.By switch
            {
                LimitKind.Dimension => V1.CutOff.Dimension,
                LimitKind.Floor => V1.CutOff.Floor,
                _ => V1.CutOff.Ceiling,
            },
            Dimension = cutOff.Dimension,
            Points = cutOff.Points,
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
