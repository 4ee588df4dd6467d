using Google.Protobuf;
using Google.Protobuf.Reflection;
using Scoring.Rpc;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>The methods of the contract.</summary>
internal static class Methods
{
    private static readonly ServiceDescriptor ScoringService = ScoringServiceReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor ModelService = ModelServiceReflection.Descriptor.Services[0];

    public static readonly RpcMethod<RecordEventRequest, RecordEventResponse> RecordEvent = Scoring<
        RecordEventRequest,
        RecordEventResponse
    >("RecordEvent");
    public static readonly RpcMethod<RecordEventsRequest, RecordEventsResponse> RecordEvents = Scoring<
        RecordEventsRequest,
        RecordEventsResponse
    >("RecordEvents");
    public static readonly RpcMethod<RecordEventsRequest, RecordEventsResponse> StreamEvents = Scoring<
        RecordEventsRequest,
        RecordEventsResponse
    >("StreamEvents");
    public static readonly RpcMethod<GetScoreRequest, Score> GetScore = Scoring<GetScoreRequest, Score>("GetScore");
    public static readonly RpcMethod<BatchGetScoresRequest, BatchGetScoresResponse> BatchGetScores = Scoring<
        BatchGetScoresRequest,
        BatchGetScoresResponse
    >("BatchGetScores");
    public static readonly RpcMethod<GetSegmentStatsRequest, SegmentStats> GetSegmentStats = Scoring<
        GetSegmentStatsRequest,
        SegmentStats
    >("GetSegmentStats");
    public static readonly RpcMethod<GetAccountHealthRequest, AccountHealth> GetAccountHealth = Scoring<
        GetAccountHealthRequest,
        AccountHealth
    >("GetAccountHealth");
    public static readonly RpcMethod<UpsertCustomersRequest, UpsertCustomersResponse> UpsertCustomers = Scoring<
        UpsertCustomersRequest,
        UpsertCustomersResponse
    >("UpsertCustomers");
    public static readonly RpcMethod<UpsertAccountsRequest, UpsertAccountsResponse> UpsertAccounts = Scoring<
        UpsertAccountsRequest,
        UpsertAccountsResponse
    >("UpsertAccounts");
    public static readonly RpcMethod<GetScoringModelRequest, GetScoringModelResponse> GetScoringModel = Model<
        GetScoringModelRequest,
        GetScoringModelResponse
    >("GetScoringModel");
    public static readonly RpcMethod<PutScoringModelRequest, PutScoringModelResponse> PutScoringModel = Model<
        PutScoringModelRequest,
        PutScoringModelResponse
    >("PutScoringModel");
    public static readonly RpcMethod<ListScoringModelsRequest, ListScoringModelsResponse> ListScoringModels = Model<
        ListScoringModelsRequest,
        ListScoringModelsResponse
    >("ListScoringModels");

    private static RpcMethod<TRequest, TResponse> Scoring<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(ScoringService, name);

    private static RpcMethod<TRequest, TResponse> Model<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => RpcMethod.Of<TRequest, TResponse>(ModelService, name);
}
