using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Accounts;
using Scoring.Core.History;
using Scoring.Server.Accounts;
using Scoring.Server.Fields;
using Scoring.Server.Segments;

namespace Scoring.Server.History;

/// <summary>An account's past in the words of the contract.</summary>
internal static class AccountHistoryMessages
{
    public static V1.AccountHealthHistory ToProto(AccountHealthQuery query, AccountHealthHistory history)
    {
        var message = new V1.AccountHealthHistory
        {
            AccountId = query.AccountId,
            ModelName = history.ModelName,
            ModelVersion = history.ModelVersion,
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(query.WindowDays)),
            Trend = TrendOf(history, point => point.Score),
            FrequencyTrend = TrendOf(history, point => point.Frequency.Part),
            BreadthTrend = TrendOf(history, point => point.Breadth.Part),
            DepthTrend = TrendOf(history, point => point.Depth.Part),
            GrowthTrend = TrendOf(history, point => point.Growth.Part),
        };
        message.Points.Add(history.Points.Select(ToProto));
        return message;
    }

    public static V1.AccountHealthPoint ToProto(AccountHealth health)
    {
        var message = new V1.AccountHealthPoint
        {
            Time = Instants.ToTimestamp(health.ReadTime),
            Status = AccountMessages.ToProto(health.Status),
            Frequency = AccountMessages.ToProto(health.Frequency),
            Breadth = AccountMessages.ToProto(health.Breadth),
            Depth = AccountMessages.ToProto(health.Depth),
            Growth = AccountMessages.ToProto(health.Growth),
            CustomerCount = health.Customers,
        };
        Optional.Set(health.Score, score => message.Score = score);
        message.Bands.Add(health.Bands.Select(SegmentMessages.ToProto));
        return message;
    }

    private static V1.ScoreTrend? TrendOf(AccountHealthHistory history, Func<AccountHealth, double?> valueOf)
    {
        var values = history
            .Points.Where(point => valueOf(point).HasValue)
            .Select(point => (point.ReadTime, valueOf(point)!.Value));
        return ScoreTrend.Through([.. values]) is { } trend ? HistoryMessages.ToProto(trend) : null;
    }
}
