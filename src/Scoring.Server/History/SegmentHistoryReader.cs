using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Segments;
using Scoring.Server.Calls;
using Scoring.Server.Fields;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells of a segment's past.</summary>
internal sealed class SegmentHistoryReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit,
    HistoryTimeReader times
)
{
    private static readonly double[] Quartiles = [25, 50, 75];

    public async Task<V1.SegmentHistory> GetAsync(V1.GetSegmentHistoryRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var now = times.Now;
        var points = times.ReadPoints(request.Period, request.StartTime, request.EndTime, now);
        var knownAt = times.ReadKnownAt(request.KnownAt, now);
        var segment = new SegmentQuery
        {
            Workspace = workspace,
            Model = model,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
            Percentiles = Quartiles,
        };
        var query = new SegmentHistoryQuery(segment, points, knownAt);
        var history = await HistoryTimeReader.AskAsync(
            () => backend.GetSegmentHistoryAsync(query, context.CancellationToken),
            points[0],
            knownAt
        );
        return limit.Check(
            HistoryMessages.ToProto(history),
            "start_time",
            _ => "ask for a later start_time, or for points that lie further apart"
        );
    }
}
