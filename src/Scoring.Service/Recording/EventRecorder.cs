using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Service.Errors;
using Scoring.Service.Fields;
using Scoring.Service.Telemetry;
using Scoring.Service.Workspaces;

namespace Scoring.Service.Recording;

/// <summary>Records events: one, or a batch.</summary>
internal sealed class EventRecorder(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    FrontOptions options,
    ServiceMetrics metrics,
    TimeProvider time
)
{
    private const int TypicalEventBytes = 128;
    private const int LargestFirstBuffer = 4 * 1024 * 1024;

    /// <summary>Records one event; one that cannot be taken is an error.</summary>
    public async ValueTask<V1.RecordEventResponse> RecordAsync(
        V1.RecordEventRequest request,
        CancellationToken cancellationToken
    )
    {
        var workspace = workspaces.Find(request.Workspace);
        using var batch = new EventBatch(workspace.Name, TypicalEventBytes);
        var fault = request.Event is null
            ? TextRules.Missing("event")
            : EventIntake.Add(batch, request.Event, index: 0, LatestNow())?.Within("event");
        if (fault is not null)
        {
            metrics.CountEvents(accepted: 0, duplicates: 0, rejected: 1);
            throw CallErrors.From(fault);
        }
        var result = await backend.RecordAsync(batch, cancellationToken);
        metrics.CountEvents(result.Accepted, result.Duplicates, result.Rejections.Count);
        if (result.Rejections is [var rejection, ..])
        {
            throw CallErrors.From(new FieldFault(rejection.Reason, rejection.Field, rejection.Message).Within("event"));
        }
        return new V1.RecordEventResponse
        {
            Outcome =
                result.Duplicates > 0
                    ? V1.RecordEventResponse.Types.Outcome.Duplicate
                    : V1.RecordEventResponse.Types.Outcome.Accepted,
            Durability = WriteMessages.ToProto(result.Durability),
        };
    }

    /// <summary>Records a batch; an event that cannot be taken is named in the answer.</summary>
    public async ValueTask<V1.RecordEventsResponse> RecordAsync(
        V1.RecordEventsRequest request,
        CancellationToken cancellationToken
    )
    {
        using var events = Check(request);
        return await SendAsync(events, cancellationToken);
    }

    /// <summary>Checks a batch; what is returned is sent by <see cref="SendAsync"/> and disposed of by the caller.</summary>
    public CheckedEvents Check(V1.RecordEventsRequest request)
    {
        var workspace = workspaces.Find(request.Workspace);
        var events = request.Events;
        if (events.Count > options.MaxBatch)
        {
            throw CallErrors.BatchTooLarge(
                "events",
                events.Count,
                options.MaxBatch,
                "send smaller batches or raise Scoring:MaxBatch"
            );
        }
        var batch = new EventBatch(
            workspace.Name,
            Math.Clamp(events.Count * TypicalEventBytes, TypicalEventBytes, LargestFirstBuffer)
        );
        List<Rejection>? rejections = null;
        var latest = LatestNow();
        for (var i = 0; i < events.Count; i++)
        {
            if (EventIntake.Add(batch, events[i], i, latest) is { } fault)
            {
                (rejections ??= []).Add(fault.At(i));
            }
        }
        return new CheckedEvents(batch, rejections ?? []);
    }

    /// <summary>Has the good events of a batch recorded and answers for all of them.</summary>
    public async ValueTask<V1.RecordEventsResponse> SendAsync(CheckedEvents events, CancellationToken cancellationToken)
    {
        var result = await backend.RecordAsync(events.Batch, cancellationToken);
        var response = new V1.RecordEventsResponse
        {
            Accepted = result.Accepted,
            Duplicates = result.Duplicates,
            Durability = WriteMessages.ToProto(result.Durability),
        };
        WriteMessages.Merge(events.Rejections, result.Rejections, response.Rejections);
        metrics.CountEvents(response.Accepted, response.Duplicates, response.Rejections.Count);
        return response;
    }

    private Instant LatestNow() => Instant.From(time.GetUtcNow()) + options.MaxFutureSkew;
}
