using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.V1;

namespace Scoring.Cli.Tests.Support;

/// <summary>A server that says of each correction what a test wants it to, and keeps what it was asked for.</summary>
internal sealed class CorrectionServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CorrectionServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public Func<EventCorrection, EventCorrectionResult> Answer { get; set; } =
        _ => new() { Outcome = CorrectionOutcome.Corrected };

    /// <summary>What the next calls fail with, in this order.</summary>
    public ConcurrentQueue<StatusCode> Failures { get; } = new();

    public ConcurrentQueue<CorrectEventsRequest> Requests { get; } = new();

    public static async Task<CorrectionServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        CorrectionServer? server = null;
        builder.Services.AddSingleton(_ => server!);
        var app = builder.Build();
        server = new(app);
        app.MapGrpcService<Answers>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class Answers(CorrectionServer server) : ScoringService.ScoringServiceBase
    {
        public override Task<CorrectEventsResponse> CorrectEvents(
            CorrectEventsRequest request,
            ServerCallContext context
        )
        {
            server.Requests.Enqueue(request);
            return server.Failures.TryDequeue(out var code)
                ? throw new RpcException(new Status(code, "so the test wants it"))
                : Task.FromResult(
                    new CorrectEventsResponse { Results = { request.Corrections.Select(server.Answer) } }
                );
        }
    }
}
