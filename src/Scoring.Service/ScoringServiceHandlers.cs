using Scoring.Rpc;
using Scoring.Service.Accounts;
using Scoring.Service.Recording;
using Scoring.Service.Scores;
using Scoring.Service.Segments;

namespace Scoring.Service;

/// <summary>Answers scoring.v1.ScoringService.</summary>
internal sealed class ScoringServiceHandlers(
    EventRecorder events,
    EventStream stream,
    UpdateRecorder updates,
    ScoreReader scores,
    SegmentReader segments,
    AccountReader accounts
)
{
    public ValueTask<V1.RecordEventResponse> RecordEventAsync(
        EncodedMessage<V1.RecordEventRequest> request,
        CallContext context
    ) => events.RecordAsync(request, TokenOfShort(context));

    public ValueTask<V1.RecordEventsResponse> RecordEventsAsync(
        EncodedMessage<V1.RecordEventsRequest> request,
        CallContext context
    ) => events.RecordAsync(request, context.CancellationToken);

    public IAsyncEnumerable<V1.RecordEventsResponse> StreamEvents(
        IAsyncEnumerable<EncodedMessage<V1.RecordEventsRequest>> requests,
        CallContext context
    ) => stream.RecordAsync(requests, context.CancellationToken);

    public ValueTask<EncodedMessage<V1.Score>> GetScoreAsync(V1.GetScoreRequest request, CallContext context) =>
        scores.GetAsync(request, TokenOfShort(context));

    public ValueTask<V1.BatchGetScoresResponse> BatchGetScoresAsync(
        V1.BatchGetScoresRequest request,
        CallContext context
    ) => scores.GetAsync(request, context.CancellationToken);

    public ValueTask<V1.SegmentStats> GetSegmentStatsAsync(V1.GetSegmentStatsRequest request, CallContext context) =>
        segments.GetAsync(request, context.CancellationToken);

    public ValueTask<V1.AccountHealth> GetAccountHealthAsync(V1.GetAccountHealthRequest request, CallContext context) =>
        accounts.GetAsync(request, context.CancellationToken);

    public ValueTask<V1.UpsertCustomersResponse> UpsertCustomersAsync(
        V1.UpsertCustomersRequest request,
        CallContext context
    ) => updates.UpsertAsync(request, context.CancellationToken);

    public ValueTask<V1.UpsertAccountsResponse> UpsertAccountsAsync(
        V1.UpsertAccountsRequest request,
        CallContext context
    ) => updates.UpsertAsync(request, context.CancellationToken);

    /// <summary>What stops a call that comes by the hundred thousand and is over in a moment: its deadline, if it has one.</summary>
    /// <remarks>To be told that the caller went away as well would cost each call more than the few that are left behind.</remarks>
    private static CancellationToken TokenOfShort(CallContext context) =>
        context.Deadline is null ? CancellationToken.None : context.CancellationToken;
}
