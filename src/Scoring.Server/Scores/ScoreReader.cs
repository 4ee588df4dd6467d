using Google.Protobuf.Collections;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Scores;

/// <summary>Answers for one customer or several.</summary>
internal sealed class ScoreReader(IScoringBackend backend, WorkspaceCatalog workspaces, AnswerLimit limit)
{
    private const int MaxCustomers = 1_000;

    public async Task<V1.CustomerScore> GetAsync(V1.GetScoreRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var readTime = Instants.ReadTime(request.ReadTime);
        var scores = await backend.GetScoresAsync(
            new ScoreQuery(workspace, [request.CustomerId], model, readTime),
            context.TokenOfShort()
        );
        return scores[0] is { } score
            ? ScoreMessages.ToProto(score)
            : throw Refusals.CustomerNotFound(request.CustomerId, workspace);
    }

    public async Task<V1.BatchGetScoresResponse> GetAsync(V1.BatchGetScoresRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CheckCustomers(request.CustomerIds);
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var readTime = Instants.ReadTime(request.ReadTime);
        var scores = await backend.GetScoresAsync(
            new ScoreQuery(workspace, [.. request.CustomerIds], model, readTime),
            context.CancellationToken
        );
        var response = new V1.BatchGetScoresResponse();
        for (var i = 0; i < scores.Count; i++)
        {
            if (scores[i] is { } score)
            {
                response.Scores.Add(ScoreMessages.ToProto(score));
            }
            else
            {
                response.NotFoundCustomerIds.Add(request.CustomerIds[i]);
            }
        }
        var asked = request.CustomerIds.Count;
        return limit.Check(
            response,
            "customer_ids",
            tooLong => $"ask for about {Math.Max(1, (int)(asked / tooLong)):N0} customers at once instead of {asked:N0}"
        );
    }

    private static void CheckCustomers(RepeatedField<string> ids)
    {
        if (ids.Count == 0)
        {
            throw CallErrors.From(
                new FieldFault(RejectionReason.FieldMissing, "customer_ids", $"must have 1 to {MaxCustomers:N0} ids")
            );
        }
        if (ids.Count > MaxCustomers)
        {
            throw CallErrors.BatchTooLarge("customer_ids", ids.Count, MaxCustomers, "ask in several calls");
        }
        for (var i = 0; i < ids.Count; i++)
        {
            CallErrors.ThrowIf(TextRules.CheckSought(ids[i], $"customer_ids[{i}]", Limits.IdBytes));
        }
    }
}
