using Google.Protobuf;
using Scoring.Rpc;
using Scoring.Rpc.Client;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>Typed calls of <c>scoring.v1.ScoringService</c> and <c>scoring.v1.ModelService</c>. Safe for concurrent use; keep one per server.</summary>
/// <remarks>
/// Every call fails with <see cref="RpcException"/>, whose details say which field is at fault or when to try again, and with
/// <see cref="OperationCanceledException"/> when its token is cancelled. A call's timeout is its deadline: the server stops working
/// on it too.
/// </remarks>
public sealed class ScoringClient : IAsyncDisposable
{
    private readonly ScoringClientOptions _options;

    /// <summary>A client of the server at an address. Connects with the first call.</summary>
    /// <param name="address">For example <c>http://localhost:5081</c>, or one of https.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is none.</exception>
    /// <exception cref="PemFileException">A file of <see cref="ScoringClientOptions.Tls"/> is no good.</exception>
    public ScoringClient(string address, ScoringClientOptions? options = null)
    {
        _options = options ?? new ScoringClientOptions();
        Channel = new RpcChannel(address, new RpcChannelOptions { Tls = _options.Tls });
    }

    /// <summary>The channel below, for services that this class does not know (health, reflection).</summary>
    public RpcChannel Channel { get; }

    /// <summary>Records one event; answers once it is durable.</summary>
    public Task<RecordEventResponse> RecordEventAsync(
        RecordEventRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.RecordEvent, request, timeout, cancellationToken);

    /// <summary>Records a batch of events; answers once all that was taken is durable.</summary>
    public Task<RecordEventsResponse> RecordEventsAsync(
        RecordEventsRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.RecordEvents, request, timeout, cancellationToken);

    /// <summary>Opens a stream of batches, each answered once it is durable, in order. <see cref="EventSender"/> does all of it.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    public DuplexCall<RecordEventsRequest, RecordEventsResponse> StreamEvents(
        CancellationToken cancellationToken = default
    ) => Channel.Duplex(Methods.StreamEvents, cancellationToken: cancellationToken);

    /// <summary>Scores one customer, with why.</summary>
    public Task<Score> GetScoreAsync(
        GetScoreRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.GetScore, request, timeout, cancellationToken);

    /// <summary>Scores several customers at one instant.</summary>
    public Task<BatchGetScoresResponse> BatchGetScoresAsync(
        BatchGetScoresRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.BatchGetScores, request, timeout, cancellationToken);

    /// <summary>Tells what is true of a segment.</summary>
    public Task<SegmentStats> GetSegmentStatsAsync(
        GetSegmentStatsRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.GetSegmentStats, request, timeout, cancellationToken);

    /// <summary>Tells how an account fares.</summary>
    public Task<AccountHealth> GetAccountHealthAsync(
        GetAccountHealthRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.GetAccountHealth, request, timeout, cancellationToken);

    /// <summary>Adds customers or changes their account and attributes. Safe to repeat.</summary>
    public Task<UpsertCustomersResponse> UpsertCustomersAsync(
        UpsertCustomersRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.UpsertCustomers, request, timeout, cancellationToken);

    /// <summary>Adds accounts or changes their seats and attributes. Safe to repeat.</summary>
    public Task<UpsertAccountsResponse> UpsertAccountsAsync(
        UpsertAccountsRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.UpsertAccounts, request, timeout, cancellationToken);

    /// <summary>Gives a model, and the recorded event types that no model scores.</summary>
    public Task<GetScoringModelResponse> GetScoringModelAsync(
        GetScoringModelRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.GetScoringModel, request, timeout, cancellationToken);

    /// <summary>Adds a model or replaces one.</summary>
    public Task<PutScoringModelResponse> PutScoringModelAsync(
        PutScoringModelRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.PutScoringModel, request, timeout, cancellationToken);

    /// <summary>Lists one page of the models of a workspace.</summary>
    public Task<ListScoringModelsResponse> ListScoringModelsAsync(
        ListScoringModelsRequest request,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default
    ) => CallAsync(Methods.ListScoringModels, request, timeout, cancellationToken);

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Channel.DisposeAsync();

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        TimeSpan? timeout,
        CancellationToken cancellationToken
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        await Channel.UnaryAsync(
            method,
            request,
            new CallOptions { Timeout = timeout ?? _options.Timeout },
            cancellationToken
        );
}
