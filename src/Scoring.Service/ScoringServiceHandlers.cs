using Scoring.Rpc;
using Scoring.Service.Accounts;
using Scoring.Service.Calls;
using Scoring.Service.Recording;
using Scoring.Service.Scores;
using Scoring.Service.Segments;

namespace Scoring.Service;

/// <summary>Answers scoring.v1.ScoringService.</summary>
internal sealed class ScoringServiceHandlers(
    CallRunner calls,
    EventRecorder events,
    EventStream stream,
    UpdateRecorder updates,
    ScoreReader scores,
    SegmentReader segments,
    AccountReader accounts
)
{
    public ValueTask<V1.RecordEventResponse> RecordEventAsync(V1.RecordEventRequest request, CallContext context) =>
        calls.AnswerAsync(request, context, events.RecordAsync);

    public ValueTask<V1.RecordEventsResponse> RecordEventsAsync(V1.RecordEventsRequest request, CallContext context) =>
        calls.AnswerAsync(request, context, events.RecordAsync);

    public IAsyncEnumerable<V1.RecordEventsResponse> StreamEvents(
        IAsyncEnumerable<V1.RecordEventsRequest> requests,
        CallContext context
    ) => calls.StreamAsync(stream.RecordAsync(requests, context.CancellationToken), context);

    public ValueTask<V1.Score> GetScoreAsync(V1.GetScoreRequest request, CallContext context) =>
        calls.AnswerAsync(request, context, scores.GetAsync);

    public ValueTask<V1.BatchGetScoresResponse> BatchGetScoresAsync(
        V1.BatchGetScoresRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, scores.GetAsync);

    public ValueTask<V1.SegmentStats> GetSegmentStatsAsync(V1.GetSegmentStatsRequest request, CallContext context) =>
        calls.AnswerAsync(request, context, segments.GetAsync);

    public ValueTask<V1.AccountHealth> GetAccountHealthAsync(V1.GetAccountHealthRequest request, CallContext context) =>
        calls.AnswerAsync(request, context, accounts.GetAsync);

    public ValueTask<V1.UpsertCustomersResponse> UpsertCustomersAsync(
        V1.UpsertCustomersRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, updates.UpsertAsync);

    public ValueTask<V1.UpsertAccountsResponse> UpsertAccountsAsync(
        V1.UpsertAccountsRequest request,
        CallContext context
    ) => calls.AnswerAsync(request, context, updates.UpsertAsync);
}
