using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Recording;

/// <summary>Checks events of a request and adds the good ones to a batch.</summary>
internal static class EventIntake
{
    /// <summary>Adds an event to a batch; returns what is wrong with it if it cannot be taken.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="item">The event.</param>
    /// <param name="index">Its place in the request.</param>
    /// <param name="latest">The latest instant at which it may have happened.</param>
    public static FieldFault? Add(EventBatch batch, ref readonly WireEvent item, int index, Instant latest)
    {
        Instant occurredAt = default;
        var fault =
            TextRules.CheckRequired(item.CustomerId, "customer_id", Limits.IdBytes)
            ?? TextRules.CheckRequired(item.Type, "type", Limits.NameBytes)
            ?? TextRules.Check(item.EventId, "event_id", Limits.IdBytes)
            ?? TextRules.Check(item.AccountId, "account_id", Limits.IdBytes)
            ?? TextRules.Check(item.Feature, "feature", Limits.NameBytes)
            ?? TextRules.Check(item.Source, "source", Limits.NameBytes)
            ?? CheckValue(item.Value)
            ?? ReadOccurredAt(in item, latest, out occurredAt);
        if (fault is not null)
        {
            return fault;
        }
        batch.Add(
            new EventRecord
            {
                Index = index,
                CustomerId = item.CustomerId,
                Type = item.Type,
                EventId = item.EventId,
                AccountId = item.AccountId,
                Feature = item.Feature,
                Value = item.Value ?? 1,
                OccurredAt = item.HasOccurredAt ? occurredAt : null,
            }
        );
        return null;
    }

    private static FieldFault? CheckValue(double? value) =>
        value is null || Math.Abs(value.GetValueOrDefault()) <= Limits.Value
            ? null
            : FieldFault.Invalid("value", "must be a finite number of at most 1e12 in magnitude");

    private static FieldFault? ReadOccurredAt(ref readonly WireEvent item, Instant latest, out Instant occurredAt)
    {
        occurredAt = default;
        if (!item.HasOccurredAt)
        {
            return null;
        }
        var fault = Instants.Read(item.Seconds, item.Nanos, "occurred_at", out occurredAt);
        if (fault is null && occurredAt > latest)
        {
            return new(
                RejectionReason.OccurredAtInFuture,
                "occurred_at",
                $"is {occurredAt}, further ahead of the server's clock than the tolerated skew; the latest is {latest} now"
            );
        }
        return fault;
    }
}
