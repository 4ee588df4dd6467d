using Scoring.Core.History;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Server.Fields;
using Scoring.Server.Models;
using Scoring.Server.Scores;
using Scoring.Server.Segments;

namespace Scoring.Server.History;

/// <summary>The past, and what becomes of it, in the words of the contract.</summary>
internal static class HistoryMessages
{
    /// <summary>Millionths in a point of score.</summary>
    public const double MicrosPerScore = 1e6;

    public static V1.ScoreHistory ToProto(ScoreHistory history)
    {
        var message = new V1.ScoreHistory
        {
            CustomerId = history.CustomerId,
            ModelName = history.ModelName,
            ModelVersion = history.ModelVersion,
        };
        message.Points.Add(history.Points.Select(ToProto));
        message.Trend = history.Trend is { } trend ? ToProto(trend) : null;
        return message;
    }

    /// <summary>A segment's past.</summary>
    /// <param name="points">What was true of it at the instants, of which there is at least one.</param>
    public static V1.SegmentHistory ToProto(IReadOnlyList<SegmentStatistics> points)
    {
        var message = new V1.SegmentHistory { ModelName = points[0].ModelName, ModelVersion = points[0].ModelVersion };
        message.Points.Add(points.Select(ToProto));
        var means = points.Where(point => point.Mean.HasValue).Select(point => (point.ReadTime, point.Mean!.Value));
        message.Trend = ScoreTrend.Through([.. means]) is { } trend ? ToProto(trend) : null;
        return message;
    }

    public static V1.ScoreProjection ToProto(ScoreProjection projection, Instant until)
    {
        var message = new V1.ScoreProjection
        {
            Current = ScoreMessages.ToProto(projection.Now),
            Until = Instants.ToTimestamp(until),
            Keeping = projection.Keeping is { } keeping ? ToProto(keeping) : null,
        };
        message.Crossings.Add(
            projection.Crossings.Select(crossing => new V1.BandCrossing
            {
                Time = Instants.ToTimestamp(crossing.Time),
                Band = crossing.Band,
            })
        );
        return message;
    }

    private static V1.BandKeeping ToProto(BandKeeping keeping)
    {
        var message = new V1.BandKeeping
        {
            Band = keeping.Band,
            Until = Instants.ToTimestamp(keeping.Until),
            Kept = keeping.IsKept,
            Score = keeping.Score,
        };
        message.Options.Add(
            keeping.Options.Select(option => new V1.KeepingEvents
            {
                EventType = option.EventType,
                EventCount = option.Count,
                Score = option.Score,
            })
        );
        return message;
    }

    public static V1.ExportedEvent ToProto(ExportedEvent item) =>
        new()
        {
            CustomerId = item.CustomerId,
            AccountId = item.AccountId,
            EventType = item.EventType,
            OccurredAt = Instants.ToTimestamp(item.OccurredAt),
            ReceivedAt = Instants.ToTimestamp(item.ReceivedAt),
            KnownAt = Instants.ToTimestamp(item.KnownAt),
            Value = item.Value,
            Feature = item.Feature,
        };

    public static V1.ExplainScoreChangeResponse ToProto(ScoreChange change)
    {
        var message = new V1.ExplainScoreChangeResponse
        {
            CustomerId = change.CustomerId,
            From = change.From is { } from ? ScoreMessages.ToProto(from) : null,
            To = ScoreMessages.ToProto(change.To),
            Difference = change.Micros / MicrosPerScore,
            DifferenceMicros = change.Micros,
        };
        message.Parts.Add(change.Parts.Select(ToProto));
        return message;
    }

    public static V1.ScoreChangeKind ToProto(ScoreChangeKind kind) =>
        kind switch
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
            ScoreChangeKind.Correction => V1.ScoreChangeKind.Correction,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a reason of the contract"),
        };

    public static V1.ScoreTrend ToProto(ScoreTrend trend) =>
        new()
        {
            SlopePerDay = trend.SlopePerDay,
            LowerBound = trend.Lower,
            UpperBound = trend.Upper,
        };

    private static V1.SegmentPoint ToProto(SegmentStatistics statistics)
    {
        var message = new V1.SegmentPoint
        {
            Time = Instants.ToTimestamp(statistics.ReadTime),
            CustomerCount = statistics.Customers,
            EngagementIndex = statistics.EngagementIndex is { } index ? SegmentMessages.ToProto(index) : null,
            Activity = statistics.Activity is { } activity ? SegmentMessages.ToProto(activity) : null,
        };
        Optional.Set(statistics.Mean, mean => message.Mean = mean);
        message.Percentiles.Add(statistics.Percentiles.Select(SegmentMessages.ToProto));
        message.Bands.Add(statistics.Bands.Select(SegmentMessages.ToProto));
        message.Lifecycles.Add(statistics.Lifecycles.Select(SegmentMessages.ToProto));
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

    public static V1.ScoreChangePart ToProto(ScoreChangePart part) =>
        new()
        {
            Kind = ToProto(part.Kind),
            Term = part.Term is { } term ? ModelMessages.ToProto(term) : null,
            Subject = part.Subject,
            EventCount = part.Events,
            ScoreMicros = part.Micros,
            Score = part.Micros / MicrosPerScore,
        };
}
