using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Accounts;
using Scoring.Server.Calls;
using Scoring.Server.Customers;
using Scoring.Server.Recording;
using Scoring.Server.Scores;
using Scoring.Server.Segments;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.ScoringService.</summary>
[BindServiceMethod(typeof(ScoringApi), nameof(BindService))]
internal sealed class ScoringApi(
    EventRecorder events,
    EventStream stream,
    UpdateRecorder updates,
    EventCorrector corrector,
    ScoreReader scores,
    SegmentReader segments,
    AccountReader accounts
) : V1.ScoringService.ScoringServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => V1.ScoringService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, V1.ScoringService.ScoringServiceBase? service) =>
        V1.ScoringService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Ingest)]
    public override Task<V1.RecordEventResponse> RecordEvent(
        V1.RecordEventRequest request,
        ServerCallContext context
    ) => events.RecordAsync(request, context);

    [Needs(Role.Ingest)]
    public override Task<V1.RecordEventsResponse> RecordEvents(
        V1.RecordEventsRequest request,
        ServerCallContext context
    ) => events.RecordAsync(request, context);

    [Needs(Role.Ingest)]
    public override Task StreamEvents(
        IAsyncStreamReader<V1.RecordEventsRequest> requestStream,
        IServerStreamWriter<V1.RecordEventsResponse> responseStream,
        ServerCallContext context
    ) => stream.RecordAsync(requestStream, responseStream, context);

    [Needs(Role.Admin)]
    public override Task<V1.CorrectEventsResponse> CorrectEvents(
        V1.CorrectEventsRequest request,
        ServerCallContext context
    ) => corrector.CorrectAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.CustomerScore> GetScore(V1.GetScoreRequest request, ServerCallContext context) =>
        scores.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.BatchGetScoresResponse> BatchGetScores(
        V1.BatchGetScoresRequest request,
        ServerCallContext context
    ) => scores.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.SegmentStats> GetSegmentStats(
        V1.GetSegmentStatsRequest request,
        ServerCallContext context
    ) => segments.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<V1.AccountHealth> GetAccountHealth(
        V1.GetAccountHealthRequest request,
        ServerCallContext context
    ) => accounts.GetAsync(request, context);

    [Needs(Role.Ingest)]
    public override Task<V1.UpsertCustomersResponse> UpsertCustomers(
        V1.UpsertCustomersRequest request,
        ServerCallContext context
    ) => updates.UpsertAsync(request, context);

    [Needs(Role.Ingest)]
    public override Task<V1.UpsertAccountsResponse> UpsertAccounts(
        V1.UpsertAccountsRequest request,
        ServerCallContext context
    ) => updates.UpsertAsync(request, context);
}
