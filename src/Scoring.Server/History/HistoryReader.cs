using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells of a customer's past.</summary>
internal sealed class HistoryReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AnswerLimit limit,
    HistoryTimeReader times
)
{
    public async Task<V1.ScoreHistory> GetAsync(V1.GetScoreHistoryRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var now = times.Now;
        var points = times.ReadPoints(request.Period, request.StartTime, request.EndTime, now);
        var knownAt = times.ReadKnownAt(request.KnownAt, now);
        var history = await backend.GetScoreHistoryAsync(
            new ScoreHistoryQuery(workspace, request.CustomerId, model, points, knownAt),
            context.CancellationToken
        );
        return HistoryMessages.ToProto(history ?? throw Refusals.CustomerNotFound(request.CustomerId, workspace));
    }

    public async Task<V1.ExplainScoreChangeResponse> ExplainAsync(
        V1.ExplainScoreChangeRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(
            TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes),
            ModelSelection.CheckVersion(request.FromModelVersion, "from_model_version")
        );
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var now = times.Now;
        var end = times.ReadPast(request.EndTime, "end_time", now);
        var to = end ?? now;
        var from =
            times.ReadPast(request.StartTime, "start_time", now)
            ?? throw CallErrors.From(TextRules.Missing("start_time"));
        if (from >= to)
        {
            throw CallErrors.From(FieldFault.Invalid("start_time", $"must lie before end_time, {to}: it is {from}"));
        }
        var fromModel =
            request.FromModelVersion == 0 ? "" : new ModelReference(request.Model, request.FromModelVersion).ToString();
        var change = await backend.ExplainScoreChangeAsync(
            new ScoreChangeQuery(workspace, request.CustomerId, model, fromModel, from, to),
            context.CancellationToken
        );
        if (change is null)
        {
            throw end is null
                ? Refusals.CustomerNotFound(request.CustomerId, workspace)
                : Refusals.CustomerNotKnownAt(request.CustomerId, workspace, to);
        }
        return limit.Check(
            HistoryMessages.ToProto(change),
            "start_time",
            _ => "ask for a later start_time, or set the setting MaxMessageBytes higher"
        );
    }
}
