using Scoring.Rpc;
using Scoring.Service.Models;

namespace Scoring.Service;

/// <summary>Answers scoring.v1.ModelService.</summary>
internal sealed class ModelServiceHandlers(ModelEditor models)
{
    public ValueTask<V1.GetScoringModelResponse> GetScoringModelAsync(
        V1.GetScoringModelRequest request,
        CallContext context
    ) => models.GetAsync(request, context.CancellationToken);

    public ValueTask<V1.PutScoringModelResponse> PutScoringModelAsync(
        V1.PutScoringModelRequest request,
        CallContext context
    ) => models.PutAsync(request, context.CancellationToken);

    public ValueTask<V1.ListScoringModelsResponse> ListScoringModelsAsync(
        V1.ListScoringModelsRequest request,
        CallContext context
    ) => models.ListAsync(request, context.CancellationToken);
}
