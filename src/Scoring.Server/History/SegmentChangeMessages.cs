using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Server.Fields;
using Scoring.Server.Models;

namespace Scoring.Server.History;

/// <summary>How the scores of a segment changed, in the words of the contract.</summary>
internal static class SegmentChangeMessages
{
    private const int MostParts = 5;

    public static V1.ListMoversResponse ToProto(SegmentMovers movers, SegmentChangeQuery query)
    {
        var tally = movers.Tally;
        var known = tally[SegmentGroup.Stayed].Customers + tally[SegmentGroup.Joined].Customers;
        var message = new V1.ListMoversResponse
        {
            ModelName = movers.ModelName,
            ModelVersion = movers.ModelVersion,
            StartTime = Instants.ToTimestamp(query.From),
            EndTime = Instants.ToTimestamp(query.To),
            CustomerCount = known + tally[SegmentGroup.New].Customers,
            RoseCount = tally.Rose,
            FellCount = tally.Fell,
            UnchangedCount = known - tally.Rose - tally.Fell,
            NewCount = tally[SegmentGroup.New].Customers,
            JoinedCount = tally[SegmentGroup.Joined].Customers,
            LeftCount = tally[SegmentGroup.Left].Customers + tally[SegmentGroup.Merged].Customers,
        };
        message.Risers.Add(movers.Risers.Select(ToProto));
        message.Fallers.Add(movers.Fallers.Select(ToProto));
        return message;
    }

    public static V1.ExplainSegmentChangeResponse ToProto(SegmentChange change, SegmentChangeQuery query)
    {
        var message = new V1.ExplainSegmentChangeResponse
        {
            ModelName = change.Model.Name,
            ModelVersion = change.Model.Version,
            StartTime = Instants.ToTimestamp(query.From),
            EndTime = Instants.ToTimestamp(query.To),
            FromCustomerCount = change.From.Customers,
            ToCustomerCount = change.To.Customers,
            FromMeanMicros = change.FromMicros,
            ToMeanMicros = change.ToMicros,
            DifferenceMicros = change.ToMicros - change.FromMicros,
            Difference = (change.ToMicros - change.FromMicros) / HistoryMessages.MicrosPerScore,
        };
        message.Groups.Add(Kinds.Select(of => ToProto(change, of.Group, of.Kind)));
        message.Parts.Add(change.Parts.Select(of => ToProto(change.Model, of.Part, of.Micros)));
        return message;
    }

    private static readonly (SegmentGroup Group, V1.SegmentChangeGroupKind Kind)[] Kinds =
    [
        (SegmentGroup.Stayed, V1.SegmentChangeGroupKind.Stayed),
        (SegmentGroup.Joined, V1.SegmentChangeGroupKind.Joined),
        (SegmentGroup.New, V1.SegmentChangeGroupKind.New),
        (SegmentGroup.Left, V1.SegmentChangeGroupKind.Left),
        (SegmentGroup.Merged, V1.SegmentChangeGroupKind.Merged),
    ];

    private static V1.SegmentChangeGroup ToProto(
        SegmentChange change,
        SegmentGroup group,
        V1.SegmentChangeGroupKind kind
    )
    {
        var scores = change.Tally[group];
        var message = new V1.SegmentChangeGroup
        {
            Kind = kind,
            CustomerCount = scores.Customers,
            MeanMicros = change.MicrosOf(group),
            Mean = change.MicrosOf(group) / HistoryMessages.MicrosPerScore,
        };
        if (scores.Customers > 0 && group != SegmentGroup.New)
        {
            message.FromMean = MeanOf(scores.FromMicros, scores.Customers);
        }
        if (scores.Customers > 0 && group != SegmentGroup.Merged)
        {
            message.ToMean = MeanOf(scores.ToMicros, scores.Customers);
        }
        return message;
    }

    private static double MeanOf(Int128 micros, long customers) =>
        (double)micros / customers / HistoryMessages.MicrosPerScore;

    private static V1.SegmentChangePart ToProto(ScoringModel model, SegmentPart part, long micros) =>
        new()
        {
            Kind = HistoryMessages.ToProto(part.Kind),
            Term = part.Term < 0 ? null : ModelMessages.ToProto(model.Terms[part.Term]),
            Subject = part.Subject,
            CustomerCount = part.Customers,
            EventCount = part.Events,
            MeanMicros = micros,
            Mean = micros / HistoryMessages.MicrosPerScore,
        };

    private static V1.ScoreMover ToProto(ScoreChange change)
    {
        ScoreChangePart[] largest = [.. change.Parts.OrderByDescending(part => Math.Abs(part.Micros)).Take(MostParts)];
        var message = new V1.ScoreMover
        {
            CustomerId = change.CustomerId,
            AccountId = change.To.AccountId,
            FromScore = change.From!.Score,
            FromBand = change.From.Band,
            ToScore = change.To.Score,
            ToBand = change.To.Band,
            Difference = change.Micros / HistoryMessages.MicrosPerScore,
            DifferenceMicros = change.Micros,
            OtherMicros = change.Micros - largest.Sum(part => part.Micros),
        };
        message.Parts.Add(largest.Select(HistoryMessages.ToProto));
        return message;
    }
}
