using Scoring.Core.History;
using Scoring.Core.Scores;
using Scoring.Server.Fields;
using Scoring.Server.Models;
using Scoring.Server.Scores;

namespace Scoring.Server.History;

/// <summary>A customer's past in the words of the contract.</summary>
internal static class HistoryMessages
{
    private const double MicrosPerScore = 1e6;

    public static V1.ScoreHistory ToProto(ScoreHistory history)
    {
        var message = new V1.ScoreHistory
        {
            CustomerId = history.CustomerId,
            ModelName = history.ModelName,
            ModelVersion = history.ModelVersion,
        };
        message.Points.Add(history.Points.Select(ToProto));
        if (history.Trend is { } trend)
        {
            message.Trend = new V1.ScoreTrend
            {
                SlopePerDay = trend.SlopePerDay,
                LowerBound = trend.Lower,
                UpperBound = trend.Upper,
            };
        }
        return message;
    }

    public static V1.ExplainScoreChangeResponse ToProto(ScoreChange change)
    {
        var micros = ScoreChange.MicrosOf(change.To.Score) - ScoreChange.MicrosOf(change.From?.Score ?? 0);
        var message = new V1.ExplainScoreChangeResponse
        {
            CustomerId = change.CustomerId,
            From = change.From is { } from ? ScoreMessages.ToProto(from) : null,
            To = ScoreMessages.ToProto(change.To),
            Difference = micros / MicrosPerScore,
            DifferenceMicros = micros,
        };
        message.Parts.Add(change.Parts.Select(ToProto));
        return message;
    }

    private static V1.ScorePoint ToProto(ScorePoint point)
    {
        var message = new V1.ScorePoint
        {
            Time = Instants.ToTimestamp(point.Time),
            Score = point.Score,
            DisplayScore = CustomerScore.IndexOf(point.Score),
            Band = point.Band,
            Lifecycle = ScoreMessages.ToProto(point.Stage),
            EventCount = point.Events,
        };
        Optional.Set(point.Momentum, momentum => message.Momentum = momentum);
        return message;
    }

    private static V1.ScoreChangePart ToProto(ScoreChangePart part) =>
        new()
        {
            Kind = part.Kind switch
            {
                ScoreChangeKind.Events => V1.ScoreChangeKind.Events,
                ScoreChangeKind.LateEvents => V1.ScoreChangeKind.LateEvents,
                ScoreChangeKind.Decay => V1.ScoreChangeKind.Decay,
                ScoreChangeKind.Limit => V1.ScoreChangeKind.Limit,
                ScoreChangeKind.Attributes => V1.ScoreChangeKind.Attributes,
                ScoreChangeKind.Adjustment => V1.ScoreChangeKind.Adjustment,
                ScoreChangeKind.Merge => V1.ScoreChangeKind.Merge,
                ScoreChangeKind.Model => V1.ScoreChangeKind.Model,
                ScoreChangeKind.Pruning => V1.ScoreChangeKind.Pruning,
                _ => throw new ArgumentOutOfRangeException(nameof(part), part.Kind, "not a reason of the contract"),
            },
            Term = part.Term is { } term ? ModelMessages.ToProto(term) : null,
            Subject = part.Subject,
            EventCount = part.Events,
            ScoreMicros = part.Micros,
            Score = part.Micros / MicrosPerScore,
        };
}
