using Scoring.Core.History;
using Scoring.Server.Fields;

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
