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
        Instant? occurredAt = null;
        Instant? knownAt = null;
        var fault =
            TextRules.CheckRequired(item.CustomerId, "customer_id", Limits.IdBytes)
            ?? TextRules.CheckRequired(item.Type, "type", Limits.NameBytes)
            ?? TextRules.Check(item.EventId, "event_id", Limits.IdBytes)
            ?? TextRules.Check(item.AccountId, "account_id", Limits.IdBytes)
            ?? TextRules.Check(item.Feature, "feature", Limits.NameBytes)
            ?? TextRules.Check(item.Source, "source", Limits.NameBytes)
            ?? CheckValue(item.Value)
            ?? ReadTime(item.OccurredAt, "occurred_at", latest, out occurredAt)
            ?? ReadTime(item.KnownAt, "known_at", latest, out knownAt)
            ?? CheckKnownAt(knownAt, occurredAt);
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
                OccurredAt = occurredAt,
                KnownAt = knownAt,
            }
        );
        return null;
    }

    private static FieldFault? CheckValue(double? value) =>
        value is null || Math.Abs(value.GetValueOrDefault()) <= Limits.Value
            ? null
            : FieldFault.Invalid("value", "must be a finite number of at most 1e12 in magnitude");

    private static FieldFault? ReadTime(
        (long Seconds, int Nanos)? time,
        string field,
        Instant latest,
        out Instant? instant
    )
    {
        instant = null;
        if (time is not var (seconds, nanos))
        {
            return null;
        }
        var fault = Instants.Read(seconds, nanos, field, out var read);
        if (fault is null && read > latest)
        {
            return new(
                RejectionReason.OccurredAtInFuture,
                field,
                $"is {read}, further ahead of the server's clock than the tolerated skew; the latest is {latest} now"
            );
        }
        instant = read;
        return fault;
    }

    private static FieldFault? CheckKnownAt(Instant? knownAt, Instant? occurredAt) =>
        knownAt is null ? null
        : occurredAt is null
            ? FieldFault.Invalid("known_at", "is only for events of the past: give occurred_at, too, or leave it out")
        : knownAt < occurredAt
            ? FieldFault.Invalid(
                "known_at",
                $"is {knownAt}, before occurred_at, {occurredAt}: nothing is known before it happens"
            )
        : null;
}
