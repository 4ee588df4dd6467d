using System.Globalization;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Server.Access;
using Scoring.Server.Admin;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Telemetry;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Customers;

/// <summary>Corrects events that were recorded wrongly. The audit log tells of it without the customers' ids.</summary>
internal sealed class EventCorrector(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    FrontOptions options,
    TimeProvider time,
    ServiceMetrics metrics,
    AuditLog audit,
    KeyedHash hash
)
{
    private const string Corrections = "corrections";

    public async Task<V1.CorrectEventsResponse> CorrectAsync(V1.CorrectEventsRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var corrections = Read(request);
        CallGuard.TakeWrites(context, corrections.Count, request.CalculateSize());
        var results = await audit.DoAsync(
            context,
            new(workspace, await TargetOfAsync(workspace, corrections), DetailOf(corrections)),
            () => backend.CorrectEventsAsync(workspace, corrections, context.CancellationToken).AsTask()
        );
        metrics.CountCorrections(results.Count(result => result.Outcome == CorrectionOutcome.Corrected));
        return new() { Results = { results.Select(CorrectionMessages.ToProto) } };
    }

    /// <summary>The customer by its keyed hash, or how many there are: an entry for each of a thousand would tell nobody anything.</summary>
    private async Task<string> TargetOfAsync(string workspace, List<EventCorrection> corrections)
    {
        var customers = corrections.Select(of => of.CustomerId).Distinct(StringComparer.Ordinal).Count();
        return customers == 1
            ? await hash.OfAsync("customer", workspace, corrections[0].CustomerId)
            : string.Create(CultureInfo.InvariantCulture, $"{customers} customers");
    }

    private static string DetailOf(List<EventCorrection> corrections)
    {
        var replaced = corrections.Count(of => of.Replacement is not null);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"events: {corrections.Count - replaced} to be voided, {replaced} to be replaced"
        );
    }

    private List<EventCorrection> Read(V1.CorrectEventsRequest request)
    {
        if (request.Corrections.Count is 0 or > Limits.Corrections)
        {
            throw CallErrors.From(
                FieldFault.Invalid(
                    Corrections,
                    $"must be 1 to {Limits.Corrections:N0}, not {request.Corrections.Count:N0}"
                )
            );
        }
        var latest = Instant.From(time.GetUtcNow()) + options.MaxFutureSkew;
        var corrections = new List<EventCorrection>(request.Corrections.Count);
        var faults = new List<FieldFault?>();
        for (var i = 0; i < request.Corrections.Count; i++)
        {
            var fault = Read(request.Corrections[i], latest, out var correction);
            faults.Add(fault?.Within($"{Corrections}[{i}]"));
            corrections.Add(correction);
        }
        CallErrors.ThrowIf([.. faults]);
        return corrections;
    }

    private static FieldFault? Read(V1.EventCorrection message, Instant latest, out EventCorrection correction)
    {
        var (wrong, right) = (message.Event ?? new(), message.Replacement);
        var fault =
            TextRules.Check(message.CorrectionId, "correction_id", Limits.IdBytes)
            ?? TextRules.CheckSought(wrong.CustomerId, "event.customer_id", Limits.IdBytes);
        var faultOfEvent = Read(wrong, latest, out var asked)?.Within("event");
        fault ??= faultOfEvent;
        CorrectedEvent? replacement = null;
        if (right is not null)
        {
            var faultOfReplacement = Read(right, latest, out replacement)?.Within("replacement");
            replacement = replacement with { AccountId = right.AccountId };
            fault ??= CheckReplacement(right, wrong.CustomerId) ?? faultOfReplacement;
        }
        correction = new(wrong.CustomerId, asked, replacement, message.CorrectionId);
        return fault;
    }

    private static FieldFault? CheckReplacement(V1.Event right, string customerId)
    {
        if (right.CustomerId.Length > 0 && right.CustomerId != customerId)
        {
            return FieldFault.Invalid(
                "replacement.customer_id",
                "must be that of the event, or absent; void the event, and record the other customer's"
            );
        }
        return right.EventId.Length > 0
            ? FieldFault.Invalid("replacement.event_id", "must be absent; correction_id makes a retry safe")
            : TextRules.Check(right.AccountId, "replacement.account_id", Limits.IdBytes);
    }

    private static FieldFault? Read(V1.Event message, Instant latest, out CorrectedEvent item)
    {
        Instant occurredAt = default;
        var value = message.HasValue ? message.Value : 1;
        var fault =
            TextRules.CheckRequired(message.Type, "type", Limits.NameBytes)
            ?? TextRules.Check(message.Feature, "feature", Limits.NameBytes)
            ?? (
                Math.Abs(value) <= Limits.Value
                    ? null
                    : FieldFault.Invalid("value", "must be a finite number of at most 1e12 in magnitude")
            )
            ?? (
                message.OccurredAt is null
                    ? TextRules.Missing("occurred_at")
                    : Instants.Read(message.OccurredAt, "occurred_at", out occurredAt)
            );
        item = new(message.Type, occurredAt, value, message.Feature);
        return fault is null && occurredAt > latest
            ? new(
                RejectionReason.OccurredAtInFuture,
                "occurred_at",
                $"is {occurredAt}, further ahead of the server's clock than the tolerated skew; the latest is {latest} now"
            )
            : fault;
    }
}
