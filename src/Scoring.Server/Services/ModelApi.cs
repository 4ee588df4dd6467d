using Grpc.Core;
using Scoring.Server.Models;
using Scoring.Server.Names;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.ModelService.</summary>
[BindServiceMethod(typeof(CheckedModelService), nameof(CheckedModelService.BindService))]
internal sealed class ModelApi(ModelEditor models, NameEditor names) : V1.ModelService.ModelServiceBase
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

    public override Task<V1.ListNamesResponse> ListNames(V1.ListNamesRequest request, ServerCallContext context) =>
        names.ListAsync(request, context.CancellationToken);

    public override Task<V1.PruneNamesResponse> PruneNames(V1.PruneNamesRequest request, ServerCallContext context) =>
        names.PruneAsync(request, context.CancellationToken);
}
