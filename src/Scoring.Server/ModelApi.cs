using Grpc.Core;
using Scoring.Server.Calls;
using Scoring.Server.Models;

namespace Scoring.Server;

/// <summary>Answers scoring.v1.ModelService.</summary>
[BindServiceMethod(typeof(CheckedModelService), nameof(CheckedModelService.BindService))]
internal sealed class ModelApi(ModelEditor models) : V1.ModelService.ModelServiceBase
{
    public override Task<V1.ScoringModel> GetScoringModel(
        V1.GetScoringModelRequest request,
        ServerCallContext context
    ) => models.GetAsync(request, context.CancellationToken);

    public override Task<V1.ScoringModel> PutScoringModel(
        V1.PutScoringModelRequest request,
        ServerCallContext context
    ) => models.PutAsync(request, context.CancellationToken);

    public override Task<V1.ListScoringModelsResponse> ListScoringModels(
        V1.ListScoringModelsRequest request,
        ServerCallContext context
    ) => models.ListAsync(request, context.CancellationToken);
}
