using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Memory;
using Scoring.Server.Telemetry;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Recording;

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
    private const int FewRejections = 32;
    private const int RejectionBytes = 512;

    /// <summary>Records one event; one that cannot be taken is an error.</summary>
    public async Task<V1.RecordEventResponse> RecordAsync(V1.RecordEventRequest request, ServerCallContext context)
    {
        using var batch = CheckSingle(request, context);
        var result = await backend.RecordAsync(batch, context.TokenOfShort());
        metrics.CountEvents(result.Accepted, result.Duplicates, result.Rejections.Count);
        if (result.Rejections is [var rejection, ..])
        {
            throw CallErrors.From(new FieldFault(rejection.Reason, rejection.Field, rejection.Message).Within("event"));
        }
        return WriteMessages.Recorded(result);
    }

    /// <summary>Records a batch; an event that cannot be taken is named in the answer.</summary>
    public async Task<V1.RecordEventsResponse> RecordAsync(V1.RecordEventsRequest request, ServerCallContext context)
    {
        using var events = Check(request, context, taken: 0);
        CallGuard.TakeWrites(context, events.Count, events.Bytes);
        return await SendAsync(events, context.CancellationToken);
    }

    /// <summary>Checks a batch; what is returned is sent by <see cref="SendAsync"/> and disposed of by the caller.</summary>
    /// <param name="request">The batch.</param>
    /// <param name="context">The call it came by.</param>
    /// <param name="taken">What has been taken for it of the memory for calls.</param>
    public CheckedEvents Check(V1.RecordEventsRequest request, ServerCallContext context, long taken)
    {
        using var bytes = RequestBytes.Of(request);
        var events = new WireEvents(bytes.Memory.Span);
        var workspace = workspaces.Find(events.Workspace, context);
        WriteMessages.CheckCount("events", events.Count, options);
        var batch = new EventBatch(
            workspace.Name,
            Math.Clamp(events.Count * TypicalEventBytes, TypicalEventBytes, LargestFirstBuffer)
        );
        try
        {
            var rejections = Fill(batch, events);
            if (rejections.Count > FewRejections)
            {
                var explained = (long)RejectionBytes * rejections.Count;
                CallMemory.Of(context.GetHttpContext()).Take(explained);
                taken += explained;
            }
            return new CheckedEvents(batch, rejections, events.Count, bytes.Memory.Length, taken);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Has the good events of a batch recorded and answers for all of them.</summary>
    public async Task<V1.RecordEventsResponse> SendAsync(CheckedEvents events, CancellationToken cancellationToken)
    {
        var result = await backend.RecordAsync(events.Batch, cancellationToken);
        var response = new V1.RecordEventsResponse
        {
            AcceptedCount = result.Accepted,
            DuplicateCount = result.Duplicates,
            Durability = WriteMessages.ToProto(result.Durability),
        };
        WriteMessages.Merge(events.Rejections, result.Rejections, response.Rejections, options);
        metrics.CountEvents(response.AcceptedCount, response.DuplicateCount, response.Rejections.Count);
        return response;
    }

    /// <summary>Adds the good events; gives what is wrong with the others.</summary>
    private List<Rejection> Fill(EventBatch batch, WireEvents events)
    {
        var rejections = new List<Rejection>();
        var latest = LatestNow();
        var index = 0;
        foreach (ref readonly var item in events)
        {
            if (EventIntake.Add(batch, in item, index, latest) is { } fault)
            {
                rejections.Add(fault.At(index));
            }
            index++;
        }
        return rejections;
    }

    private EventBatch CheckSingle(V1.RecordEventRequest request, ServerCallContext context)
    {
        using var bytes = RequestBytes.Of(request);
        var events = new WireEvents(bytes.Memory.Span);
        var workspace = workspaces.Find(events.Workspace, context);
        CallGuard.TakeWrites(context, elements: 1, bytes.Memory.Length);
        var isGiven = events.TryMerge(out var single);
        var batch = new EventBatch(workspace.Name, TypicalEventBytes);
        var fault = isGiven
            ? EventIntake.Add(batch, in single, index: 0, LatestNow())?.Within("event")
            : TextRules.Missing("event");
        if (fault is not null)
        {
            batch.Dispose();
            metrics.CountEvents(accepted: 0, duplicates: 0, rejected: 1);
            throw CallErrors.From(fault);
        }
        return batch;
    }

    private Instant LatestNow() => Instant.From(time.GetUtcNow()) + options.MaxFutureSkew;
}
