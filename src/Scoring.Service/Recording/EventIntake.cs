using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Service.Fields;

namespace Scoring.Service.Recording;

/// <summary>Checks events of a request and adds the good ones to a batch.</summary>
internal static class EventIntake
{
    private const int ScratchBytes = (3 * Limits.IdBytes) + (2 * Limits.NameBytes);

    /// <summary>Adds an event to a batch; returns what is wrong with it if it cannot be taken.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="item">The event.</param>
    /// <param name="index">Its place in the request.</param>
    /// <param name="latest">The latest instant at which it may have happened.</param>
    public static FieldFault? Add(EventBatch batch, V1.Event item, int index, Instant latest)
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        scoped ReadOnlySpan<byte> customerId = default;
        scoped ReadOnlySpan<byte> type = default;
        scoped ReadOnlySpan<byte> eventId = default;
        scoped ReadOnlySpan<byte> accountId = default;
        scoped ReadOnlySpan<byte> feature = default;
        Instant occurredAt = default;
        var fault =
            Take(item.CustomerId, "customer_id", Limits.IdBytes, required: true, ref scratch, out customerId)
            ?? Take(item.Type, "type", Limits.NameBytes, required: true, ref scratch, out type)
            ?? Take(item.EventId, "event_id", Limits.IdBytes, required: false, ref scratch, out eventId)
            ?? Take(item.AccountId, "account_id", Limits.IdBytes, required: false, ref scratch, out accountId)
            ?? Take(item.Feature, "feature", Limits.NameBytes, required: false, ref scratch, out feature)
            ?? CheckValue(item)
            ?? ReadOccurredAt(item, latest, out occurredAt);
        if (fault is not null)
        {
            return fault;
        }
        batch.Add(
            new EventRecord
            {
                Index = index,
                CustomerId = customerId,
                Type = type,
                EventId = eventId,
                AccountId = accountId,
                Feature = feature,
                Value = item.HasValue ? item.Value : 1,
                OccurredAt = item.OccurredAt is null ? null : occurredAt,
            }
        );
        return null;
    }

    private static FieldFault? Take(
        string text,
        string field,
        int maxBytes,
        bool required,
        ref Span<byte> scratch,
        out ReadOnlySpan<byte> utf8
    )
    {
        utf8 = default;
        if (text.Length == 0)
        {
            return required ? TextRules.Missing(field) : null;
        }
        var fault = TextRules.Encode(text, field, maxBytes, scratch, out var written);
        utf8 = scratch[..written];
        scratch = scratch[written..];
        return fault;
    }

    private static FieldFault? CheckValue(V1.Event item) =>
        !item.HasValue || Math.Abs(item.Value) <= Limits.Value
            ? null
            : new(RejectionReason.FieldInvalid, "value", "must be a finite number of at most 1e12 in magnitude");

    private static FieldFault? ReadOccurredAt(V1.Event item, Instant latest, out Instant occurredAt)
    {
        occurredAt = default;
        if (item.OccurredAt is null)
        {
            return null;
        }
        var fault = Instants.Read(item.OccurredAt, "occurred_at", out occurredAt);
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
