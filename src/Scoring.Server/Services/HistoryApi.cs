using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Evaluation;
using Scoring.Server.History;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.HistoryService.</summary>
[BindServiceMethod(typeof(HistoryApi), nameof(BindService))]
internal sealed class HistoryApi(
    HistoryReader reader,
    SegmentHistoryReader segments,
    SegmentChangeReader changes,
    AccountHistoryReader accounts,
    ProjectionReader projections,
    EvaluationReader evaluations,
    ProposalReader proposals,
    BandLeaverReader leavers,
    EventExporter exporter
) : HistoryService.HistoryServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => HistoryService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, HistoryService.HistoryServiceBase? service) =>
        HistoryService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Read)]
    public override Task<ScoreHistory> GetScoreHistory(GetScoreHistoryRequest request, ServerCallContext context) =>
        reader.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ExplainScoreChangeResponse> ExplainScoreChange(
        ExplainScoreChangeRequest request,
        ServerCallContext context
    ) => reader.ExplainAsync(request, context);

    [Needs(Role.Read)]
    public override Task<SegmentHistory> GetSegmentHistory(
        GetSegmentHistoryRequest request,
        ServerCallContext context
    ) => segments.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ListMoversResponse> ListMovers(ListMoversRequest request, ServerCallContext context) =>
        changes.ListMoversAsync(request, context);

    [Needs(Role.Read)]
    public override Task<AccountHealthHistory> GetAccountHealthHistory(
        GetAccountHealthHistoryRequest request,
        ServerCallContext context
    ) => accounts.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ExplainSegmentChangeResponse> ExplainSegmentChange(
        ExplainSegmentChangeRequest request,
        ServerCallContext context
    ) => changes.ExplainAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ExplainAccountHealthChangeResponse> ExplainAccountHealthChange(
        ExplainAccountHealthChangeRequest request,
        ServerCallContext context
    ) => accounts.ExplainAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ScoreProjection> ProjectScore(ProjectScoreRequest request, ServerCallContext context) =>
        projections.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ModelEvaluation> EvaluateScoringModel(
        EvaluateScoringModelRequest request,
        ServerCallContext context
    ) => evaluations.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task StreamModelEvaluation(
        EvaluateScoringModelRequest request,
        IServerStreamWriter<StreamModelEvaluationResponse> responseStream,
        ServerCallContext context
    ) => evaluations.StreamAsync(request, responseStream, context);

    [Needs(Role.Read)]
    public override Task<ModelProposal> ProposeScoringModel(
        ProposeScoringModelRequest request,
        ServerCallContext context
    ) => proposals.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ListBandLeaversResponse> ListBandLeavers(
        ListBandLeaversRequest request,
        ServerCallContext context
    ) => leavers.ListAsync(request, context);

    [Needs(Role.Read)]
    public override Task ExportEvents(
        ExportEventsRequest request,
        IServerStreamWriter<ExportEventsResponse> responseStream,
        ServerCallContext context
    ) => exporter.StreamAsync(request, responseStream, context);
}
