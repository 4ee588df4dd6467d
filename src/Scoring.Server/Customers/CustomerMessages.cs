using Scoring.Core.Customers;
using Scoring.Server.Fields;
using Scoring.Server.Scores;

namespace Scoring.Server.Customers;

/// <summary>Customers in the words of the contract.</summary>
internal static class CustomerMessages
{
    public static V1.CustomerDetails ToProto(CustomerDetails customer)
    {
        var message = new V1.CustomerDetails
        {
            CustomerId = customer.CustomerId,
            AccountId = customer.AccountId,
            Lifecycle = ScoreMessages.ToProto(customer.Lifecycle),
            FirstDay = Instants.ToTimestamp(customer.FirstDay),
            ReadTime = Instants.ToTimestamp(customer.ReadTime),
            Events = { customer.Events.Select(ToProto) },
            Features = { customer.Features.Select(ToProto) },
            ActiveDays = { customer.ActiveDays.Select(Instants.ToTimestamp) },
            Attributes = { customer.Attributes.ToDictionary() },
            MergedCustomerIds = { customer.MergedIds },
            Adjustments = { customer.Adjustments.Select(AdjustmentMessages.ToProto) },
        };
        Optional.Set(customer.AccountSince, at => message.AccountAssignTime = Instants.ToTimestamp(at));
        Optional.Set(customer.EndedAt, at => message.EndTime = Instants.ToTimestamp(at));
        Optional.Set(customer.ReturnedAt, at => message.ReturnTime = Instants.ToTimestamp(at));
        Optional.Set(customer.LastEvent, at => message.LastEventTime = Instants.ToTimestamp(at));
        return message;
    }

    private static V1.CustomerEvents ToProto(EventTypeFacts events) =>
        new()
        {
            EventType = events.EventType,
            EventCount = events.Count,
            ValueSum = events.Value,
            LastDay = events.LastDay is { } day ? Instants.ToTimestamp(day) : null,
            Decayed =
            {
                events.Decayed.Select(left => new V1.DecayedEvents
                {
                    HalfLifeDays = left.HalfLifeDays,
                    EventCount = left.Count,
                    ValueSum = left.Value,
                }),
            },
        };

    private static V1.CustomerFeature ToProto(FeatureFacts use) =>
        new()
        {
            Feature = use.Feature,
            UseCount = use.Uses,
            LastUseDay = Instants.ToTimestamp(use.LastDay),
        };
}
