using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.V1;

namespace Scoring.Cli.Tests.Support;

/// <summary>A server that has one answer to each question of the past, with the model that it is by, and keeps what its callers send.</summary>
internal sealed class HistoryServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HistoryServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public ScoreHistory History { get; init; } = new();

    public ExplainScoreChangeResponse Change { get; init; } = new();

    public SegmentHistory Segment { get; init; } = new();

    public ListMoversResponse Movers { get; init; } = new();

    public ExplainSegmentChangeResponse SegmentChange { get; init; } = new();

    public ScoreProjection Projection { get; init; } = new();

    public AccountHealthHistory Account { get; init; } = new();

    public ModelEvaluation Evaluation { get; init; } = new();

    public ModelProposal Proposal { get; init; } = new();

    public ListBandLeaversResponse Leavers { get; init; } = new();

    public ExplainAccountHealthChangeResponse AccountChange { get; init; } = new();

    /// <summary>What the next calls of the past fail with, in this order.</summary>
    public ConcurrentQueue<RpcException> Failures { get; } = new();

    /// <summary>The questions of the past so far.</summary>
    public ConcurrentQueue<IMessage> Requests { get; } = new();

    public static async Task<HistoryServer> StartAsync(
        ScoreHistory? history = null,
        ExplainScoreChangeResponse? change = null,
        SegmentHistory? segment = null,
        ScoreProjection? projection = null,
        ListMoversResponse? movers = null,
        AccountHealthHistory? account = null,
        ModelEvaluation? evaluation = null,
        ExplainSegmentChangeResponse? segmentChange = null,
        ListBandLeaversResponse? leavers = null,
        ModelProposal? proposal = null,
        ExplainAccountHealthChangeResponse? accountChange = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Models>();
        builder.Services.AddSingleton<Answers>();
        HistoryServer? server = null;
        builder.Services.AddSingleton(_ => server!);
        var app = builder.Build();
        server = new(app)
        {
            History = history ?? new(),
            Change = change ?? new(),
            Segment = segment ?? new(),
            Projection = projection ?? new(),
            Movers = movers ?? new(),
            Account = account ?? new(),
            Evaluation = evaluation ?? new(),
            SegmentChange = segmentChange ?? new(),
            Leavers = leavers ?? new(),
            Proposal = proposal ?? new(),
            AccountChange = accountChange ?? new(),
        };
        app.MapGrpcService<Answers>();
        app.MapGrpcService<Models>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private T Take<T>(IMessage request, T answer)
    {
        Requests.Enqueue(request);
        return Failures.TryDequeue(out var failure) ? throw failure : answer;
    }

    internal sealed class Answers(HistoryServer server) : HistoryService.HistoryServiceBase
    {
        public override Task<ScoreHistory> GetScoreHistory(GetScoreHistoryRequest request, ServerCallContext context) =>
            Task.FromResult(server.Take(request, server.History));

        public override Task<ExplainScoreChangeResponse> ExplainScoreChange(
            ExplainScoreChangeRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.Change));

        public override Task<SegmentHistory> GetSegmentHistory(
            GetSegmentHistoryRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.Segment));

        public override Task<ListMoversResponse> ListMovers(ListMoversRequest request, ServerCallContext context) =>
            Task.FromResult(server.Take(request, server.Movers));

        public override Task<ExplainSegmentChangeResponse> ExplainSegmentChange(
            ExplainSegmentChangeRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.SegmentChange));

        public override Task<ExplainAccountHealthChangeResponse> ExplainAccountHealthChange(
            ExplainAccountHealthChangeRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.AccountChange));

        public override Task<ListBandLeaversResponse> ListBandLeavers(
            ListBandLeaversRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.Leavers));

        public override Task<ScoreProjection> ProjectScore(ProjectScoreRequest request, ServerCallContext context) =>
            Task.FromResult(server.Take(request, server.Projection));

        public override Task<AccountHealthHistory> GetAccountHealthHistory(
            GetAccountHealthHistoryRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.Account));

        public override Task<ModelProposal> ProposeScoringModel(
            ProposeScoringModelRequest request,
            ServerCallContext context
        ) => Task.FromResult(server.Take(request, server.Proposal));

        public override async Task StreamModelEvaluation(
            EvaluateScoringModelRequest request,
            IServerStreamWriter<StreamModelEvaluationResponse> responseStream,
            ServerCallContext context
        )
        {
            await responseStream.WriteAsync(new() { Progress = 0.5 });
            await responseStream.WriteAsync(new() { Evaluation = server.Take(request, server.Evaluation) });
        }
    }

    internal sealed class Models : ModelService.ModelServiceBase
    {
        public override Task<ScoringModel> GetScoringModel(GetScoringModelRequest request, ServerCallContext context) =>
            Task.FromResult(
                new ScoringModel
                {
                    Name = request.Name,
                    Version = request.Version,
                    TargetPoints = 100,
                    Bands =
                    {
                        new Band
                        {
                            Name = "low",
                            Title = "Disengaged",
                            Below = 40,
                        },
                        new Band { Name = "high", Title = "Highly engaged" },
                    },
                }
            );
    }
}
