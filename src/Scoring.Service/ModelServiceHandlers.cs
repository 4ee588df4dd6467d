using Scoring.Rpc;
using Scoring.Service.Calls;
using Scoring.Service.Models;

namespace Scoring.Service;

/// <summary>Answers scoring.v1.ModelService.</summary>
internal sealed class ModelServiceHandlers(CallRunner calls, ModelEditor models)
{
    public ValueTask<V1.GetScoringModelResponse> GetScoringModelAsync(
        V1.GetScoringModelRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, models.GetAsync);

    public ValueTask<V1.PutScoringModelResponse> PutScoringModelAsync(
        V1.PutScoringModelRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, models.PutAsync);

    public ValueTask<V1.ListScoringModelsResponse> ListScoringModelsAsync(
        V1.ListScoringModelsRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, models.ListAsync);
}
