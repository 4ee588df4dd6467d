using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells how the scores of a segment changed between two instants.</summary>
internal sealed class SegmentChangeReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit,
    HistoryTimeReader times
)
{
    private const int OrdinaryMovers = 10;

    public async Task<V1.ListMoversResponse> ListMoversAsync(V1.ListMoversRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        if (request.Count is < 0 or > Limits.Movers)
        {
            throw CallErrors.From(
                FieldFault.Invalid(
                    "count",
                    $"must be 1 to {Limits.Movers}, or 0 for {OrdinaryMovers}: it is {request.Count}"
                )
            );
        }
        var query = ReadTimes(request.StartTime, request.EndTime, request.KnownAt) with
        {
            Workspace = workspace,
            Model = model,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
            Movers = request.Count == 0 ? OrdinaryMovers : request.Count,
        };
        var movers = await HistoryTimeReader.AskAsync(
            () => backend.ListMoversAsync(query, context.CancellationToken),
            query.From,
            query.KnownAt
        );
        return limit.Check(
            SegmentChangeMessages.ToProto(movers, query),
            "count",
            _ => "ask for fewer, or set the setting MaxMessageBytes higher"
        );
    }

    public async Task<V1.ExplainSegmentChangeResponse> ExplainAsync(
        V1.ExplainSegmentChangeRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var query = ReadTimes(request.StartTime, request.EndTime, request.KnownAt) with
        {
            Workspace = workspace,
            Model = model,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
        };
        var change = await HistoryTimeReader.AskAsync(
            () => backend.ExplainSegmentChangeAsync(query, context.CancellationToken),
            query.From,
            query.KnownAt
        );
        return limit.Check(
            SegmentChangeMessages.ToProto(change, query),
            "start_time",
            _ => "ask for a later start_time, or set the setting MaxMessageBytes higher"
        );
    }

    private SegmentChangeQuery ReadTimes(Timestamp? startTime, Timestamp? endTime, Timestamp? knownAt)
    {
        var now = times.Now;
        var (from, to) = times.ReadSpan(startTime, endTime, now);
        return new()
        {
            Workspace = "",
            From = from,
            To = to,
            KnownAt = times.ReadKnownAt(knownAt, now),
        };
    }
}
