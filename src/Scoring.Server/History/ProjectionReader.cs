using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells what becomes of a customer's score.</summary>
internal sealed class ProjectionReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AnswerLimit limit,
    FutureTimeReader times
)
{
    private static readonly TimeSpan Ordinary = TimeSpan.FromDays(365);

    public async Task<V1.ScoreProjection> GetAsync(V1.ProjectScoreRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var until = times.Read(request.Until, Ordinary);
        CallErrors.ThrowIf(TextRules.Check(request.KeepBand, "keep_band", Limits.NameBytes));
        if (request.KeepDays is < 0 or > Limits.KeepDays || (request.KeepDays == 0 && request.KeepBand.Length > 0))
        {
            throw CallErrors.From(
                FieldFault.Invalid(
                    "keep_days",
                    $"must be 1 to {Limits.KeepDays}, or 0 without keep_band for not to ask: it is {request.KeepDays}"
                )
            );
        }
        var projection = await backend.ProjectScoreAsync(
            new(workspace, request.CustomerId, model, until, request.KeepDays, request.KeepBand),
            context.CancellationToken
        );
        return limit.Check(
            HistoryMessages.ToProto(
                projection ?? throw Refusals.CustomerNotFound(request.CustomerId, workspace),
                until
            ),
            "until",
            _ => "ask for an earlier one, or set the setting MaxMessageBytes higher"
        );
    }
}
