using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Models;
using Scoring.Server.Names;
using Scoring.Server.Segments;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.ModelService.</summary>
[BindServiceMethod(typeof(ModelApi), nameof(BindService))]
internal sealed class ModelApi(ModelEditor models, NameEditor names, ModelPreviewer previewer)
    : V1.ModelService.ModelServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => V1.ModelService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, V1.ModelService.ModelServiceBase? service) =>
        V1.ModelService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Read)]
    public override Task<V1.ScoringModel> GetScoringModel(
        V1.GetScoringModelRequest request,
        ServerCallContext context
    ) => models.GetAsync(request, context);

    [Needs(Role.Model)]
    public override Task<V1.ScoringModel> PutScoringModel(
        V1.PutScoringModelRequest request,
        ServerCallContext context
    ) => models.PutAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.PreviewScoringModelResponse> PreviewScoringModel(
        V1.PreviewScoringModelRequest request,
        ServerCallContext context
    ) => previewer.PreviewAsync(request, context);

    [Needs(Role.Model)]
    public override Task<V1.ScoringModel> RollbackScoringModel(
        V1.RollbackScoringModelRequest request,
        ServerCallContext context
    ) => models.RollbackAsync(request, context);

    [Needs(Role.Model)]
    public override Task<V1.ScoringModel> AdoptScoringModel(
        V1.AdoptScoringModelRequest request,
        ServerCallContext context
    ) => models.AdoptAsync(request, context);

    [Needs(Role.Model)]
    public override Task<V1.DeleteScoringModelResponse> DeleteScoringModel(
        V1.DeleteScoringModelRequest request,
        ServerCallContext context
    ) => models.DeleteAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.ListScoringModelVersionsResponse> ListScoringModelVersions(
        V1.ListScoringModelVersionsRequest request,
        ServerCallContext context
    ) => models.ListVersionsAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.ListScoringModelsResponse> ListScoringModels(
        V1.ListScoringModelsRequest request,
        ServerCallContext context
    ) => models.ListAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.ListNamesResponse> ListNames(V1.ListNamesRequest request, ServerCallContext context) =>
        names.ListAsync(request, context);

    [Needs(Role.Model)]
    public override Task<V1.PruneNamesResponse> PruneNames(V1.PruneNamesRequest request, ServerCallContext context) =>
        names.PruneAsync(request, context);
}
