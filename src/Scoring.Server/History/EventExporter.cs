using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Streams the events that were recorded.</summary>
internal sealed class EventExporter(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit,
    IHostApplicationLifetime lifetime
)
{
    public async Task StreamAsync(
        V1.ExportEventsRequest request,
        IServerStreamWriter<V1.ExportEventsResponse> answers,
        ServerCallContext context
    )
    {
        var query = Read(request, context);
        var stopping = lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            await foreach (var some in backend.ReadEventsAsync(query, either.Token))
            {
                for (var left = some.Select(HistoryMessages.ToProto).ToList(); left.Count > 0; )
                {
                    var fitting = limit.Page(left);
                    left.RemoveRange(0, fitting.Count);
                    await answers.WriteAsync(new() { Events = { fitting } }, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw CallErrors.Stopping("Not all events have come; ask again.");
        }
    }

    private EventExportQuery Read(V1.ExportEventsRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var query = new EventExportQuery
        {
            Workspace = workspace,
            Model = ModelSelection.Read(request.Model, request.ModelVersion),
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
            ReceivedFrom = Read(request.StartTime, "start_time"),
            ReceivedTo = Read(request.EndTime, "end_time"),
        };
        return query.ReceivedFrom >= query.ReceivedTo
            ? throw CallErrors.From(
                FieldFault.Invalid(
                    "start_time",
                    $"must lie before end_time, {query.ReceivedTo}: it is {query.ReceivedFrom}"
                )
            )
            : query;
    }

    private static Instant? Read(Timestamp? timestamp, string field)
    {
        if (timestamp is null)
        {
            return null;
        }
        CallErrors.ThrowIf(Instants.Read(timestamp, field, out var instant));
        return instant;
    }
}
