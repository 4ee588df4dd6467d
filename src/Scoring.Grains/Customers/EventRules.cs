using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Grains.Customers;

/// <summary>What an event must be that a customer is told: it may come from any application of the cluster, past the service's own checks.</summary>
internal static class EventRules
{
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, naming the field.</exception>
    public static void Check(ReadOnlySpan<byte> encodedEvent, ReadOnlySpan<byte> customerId)
    {
        var events = EventBatch.Read(encodedEvent);
        if (!MoveNext(ref events))
        {
            throw Fault("events", "There is no event.");
        }
        var item = events.Current;
        if (!item.CustomerId.SequenceEqual(customerId))
        {
            throw Fault("customer_id", "The event is another customer's.");
        }
        Require(item.Type.Length is > 0 and <= Limits.NameBytes, "type");
        Require(item.Feature.Length <= Limits.NameBytes, "feature");
        Require(item.EventId.Length <= Limits.IdBytes, "event_id");
        Require(item.AccountId.Length <= Limits.IdBytes, "account_id");
        Require(Math.Abs(item.Value) <= Limits.Value, "value");
        if (MoveNext(ref events))
        {
            throw Fault("events", "There is more than one event.");
        }
    }

    private static bool MoveNext(ref EventBatch.Enumerator events)
    {
        try
        {
            return events.MoveNext();
        }
        catch (InvalidDataException)
        {
            throw Fault("events", "The event is malformed.");
        }
    }

    private static void Require(bool holds, string field)
    {
        if (!holds)
        {
            throw Fault(field, $"{field} is out of its bounds.");
        }
    }

    private static ScoringException Fault(string field, string message) =>
        new(ScoringError.InvalidArgument, message) { Field = field };
}
