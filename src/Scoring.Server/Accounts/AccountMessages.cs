using Google.Protobuf.WellKnownTypes;
using Scoring.Core.Accounts;
using Scoring.Server.Fields;
using Scoring.Server.Segments;

namespace Scoring.Server.Accounts;

/// <summary>Account health in the words of the contract.</summary>
internal static class AccountMessages
{
    public static V1.AccountHealth ToProto(AccountHealth health)
    {
        var message = new V1.AccountHealth
        {
            AccountId = health.AccountId,
            Status = ToProto(health.Status),
            Frequency = ToProto(health.Frequency),
            Breadth = ToProto(health.Breadth),
            Depth = ToProto(health.Depth),
            Growth = ToProto(health.Growth),
            ReadTime = Instants.ToTimestamp(health.ReadTime),
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(health.WindowDays)),
            CustomerCount = health.Customers,
            ModelName = health.ModelName,
            ModelVersion = health.ModelVersion,
            AheadCustomerCount = health.AheadCustomers,
        };
        Optional.Set(health.Score, score => message.Score = score);
        message.Bands.Add(health.Bands.Select(SegmentMessages.ToProto));
        foreach (var (key, value) in health.Attributes)
        {
            message.Attributes[key] = value;
        }
        return message;
    }

    public static V1.AccountStatus ToProto(AccountStatus status) =>
        status switch
        {
            AccountStatus.NotStarted => V1.AccountStatus.NotStarted,
            AccountStatus.New => V1.AccountStatus.New,
            AccountStatus.Growing => V1.AccountStatus.Growing,
            AccountStatus.Stagnating => V1.AccountStatus.Stagnating,
            AccountStatus.Churning => V1.AccountStatus.Churning,
            _ => V1.AccountStatus.Unspecified,
        };

    public static V1.Frequency ToProto(Frequency frequency)
    {
        var message = new V1.Frequency { ActiveDayCount = frequency.ActiveDays };
        Optional.Set(frequency.ActiveDaysPerActiveCustomer, days => message.ActiveDaysPerActiveCustomer = days);
        Optional.Set(frequency.Part, part => message.PartScore = part);
        return message;
    }

    public static V1.Breadth ToProto(Breadth breadth)
    {
        var message = new V1.Breadth { ActiveCustomerCount = breadth.ActiveCustomers };
        Optional.Set(breadth.Seats, seats => message.SeatCount = seats);
        Optional.Set(breadth.Part, part => message.PartScore = part);
        return message;
    }

    public static V1.Depth ToProto(Depth depth)
    {
        var message = new V1.Depth { UsedFeatureCount = depth.FeaturesUsed, KeyFeatureCount = depth.KeyFeatures };
        Optional.Set(depth.Part, part => message.PartScore = part);
        return message;
    }

    public static V1.Growth ToProto(Growth growth)
    {
        var message = new V1.Growth
        {
            ActiveDayCount = growth.ActiveDays,
            PreviousActiveDayCount = growth.PreviousActiveDays,
        };
        Optional.Set(growth.Change, change => message.Change = change);
        Optional.Set(growth.Part, part => message.PartScore = part);
        return message;
    }
}
