using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Accounts;
using Scoring.Core.History;
using Scoring.Server.Fields;

namespace Scoring.Server.History;

/// <summary>Why the health of an account changed, in the words of the contract.</summary>
internal static class AccountChangeMessages
{
    private static readonly (HealthDimension Dimension, Func<AccountHealth, double?> ScoreOf)[] Dimensions =
    [
        (HealthDimension.Frequency, health => health.Frequency.Part),
        (HealthDimension.Breadth, health => health.Breadth.Part),
        (HealthDimension.Depth, health => health.Depth.Part),
        (HealthDimension.Growth, health => health.Growth.Part),
    ];

    public static V1.ExplainAccountHealthChangeResponse ToProto(
        AccountHealthChangeQuery query,
        AccountHealthChange change
    )
    {
        var told = change.To ?? change.From!;
        var message = new V1.ExplainAccountHealthChangeResponse
        {
            AccountId = query.Query.AccountId,
            ModelName = told.ModelName,
            ModelVersion = told.ModelVersion,
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(query.Query.WindowDays)),
            From = change.From is { } from ? AccountHistoryMessages.ToProto(from) : null,
            To = change.To is { } to ? AccountHistoryMessages.ToProto(to) : null,
            DifferenceMicros = change.Micros,
            Difference = change.Micros / HistoryMessages.MicrosPerScore,
        };
        message.Dimensions.Add(Dimensions.Select(of => ToProto(change, of.Dimension, of.ScoreOf)));
        message.Parts.Add(change.Parts.Select(ToProto));
        return message;
    }

    private static V1.AccountDimensionChange ToProto(
        AccountHealthChange change,
        HealthDimension dimension,
        Func<AccountHealth, double?> scoreOf
    )
    {
        var micros = change.Parts.Where(part => part.Dimension == dimension).Sum(part => part.Micros);
        var message = new V1.AccountDimensionChange
        {
            Dimension = ToProto(dimension),
            HealthMicros = micros,
            Health = micros / HistoryMessages.MicrosPerScore,
        };
        Optional.Set(change.From is { } from ? scoreOf(from) : null, score => message.FromScore = score);
        Optional.Set(change.To is { } to ? scoreOf(to) : null, score => message.ToScore = score);
        return message;
    }

    private static V1.AccountHealthChangePart ToProto(AccountHealthPart part) =>
        new()
        {
            Dimension = ToProto(part.Dimension),
            Kind = ToProto(part.Kind),
            Subject = part.Subject,
            Feature = part.Feature,
            CustomerCount = part.Customers,
            EventCount = part.Events,
            HealthMicros = part.Micros,
            Health = part.Micros / HistoryMessages.MicrosPerScore,
        };

    private static V1.HealthDimension ToProto(HealthDimension dimension) =>
        dimension switch
        {
            HealthDimension.Frequency => V1.HealthDimension.Frequency,
            HealthDimension.Breadth => V1.HealthDimension.Breadth,
            HealthDimension.Depth => V1.HealthDimension.Depth,
            HealthDimension.Growth => V1.HealthDimension.Growth,
            _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "not one of the contract"),
        };

    private static V1.AccountChangeKind ToProto(AccountChangeKind kind) =>
        kind switch
        {
            AccountChangeKind.Time => V1.AccountChangeKind.Time,
            AccountChangeKind.Seats => V1.AccountChangeKind.Seats,
            AccountChangeKind.KeyFeatures => V1.AccountChangeKind.KeyFeatures,
            AccountChangeKind.Left => V1.AccountChangeKind.Left,
            AccountChangeKind.Merged => V1.AccountChangeKind.Merged,
            AccountChangeKind.Joined => V1.AccountChangeKind.Joined,
            AccountChangeKind.New => V1.AccountChangeKind.New,
            AccountChangeKind.Adopted => V1.AccountChangeKind.Adopted,
            AccountChangeKind.Events => V1.AccountChangeKind.Events,
            AccountChangeKind.Pruning => V1.AccountChangeKind.Pruning,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a reason of the contract"),
        };
}
