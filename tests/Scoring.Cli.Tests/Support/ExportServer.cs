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

/// <summary>A server that has events to export, and keeps what it was asked for.</summary>
internal sealed class ExportServer : IAsyncDisposable
{
    private const int Together = 4_096;

    private readonly WebApplication _app;

    private ExportServer(WebApplication app, IEnumerable<ExportedEvent> events) => (_app, Events) = (app, events);

    public string Address => _app.Urls.Single();

    public IEnumerable<ExportedEvent> Events { get; }

    /// <summary>What comes behind the events.</summary>
    public Func<CancellationToken, Task> End { get; init; } = _ => Task.CompletedTask;

    public ConcurrentQueue<ExportEventsRequest> Requests { get; } = new();

    public static async Task<ExportServer> StartAsync(
        IEnumerable<ExportedEvent> events,
        Func<CancellationToken, Task>? end = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        ExportServer? server = null;
        builder.Services.AddSingleton(_ => server!);
        var app = builder.Build();
        server = new(app, events) { End = end ?? (_ => Task.CompletedTask) };
        app.MapGrpcService<Answers>();
        app.MapGrpcService<Statistics>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class Answers(ExportServer server) : HistoryService.HistoryServiceBase
    {
        public override async Task ExportEvents(
            ExportEventsRequest request,
            IServerStreamWriter<ExportEventsResponse> responseStream,
            ServerCallContext context
        )
        {
            server.Requests.Enqueue(request);
            foreach (var some in server.Events.Chunk(Together))
            {
                await responseStream.WriteAsync(new() { Events = { some } }, context.CancellationToken);
            }
            await server.End(context.CancellationToken);
        }
    }

    internal sealed class Statistics : ScoringService.ScoringServiceBase
    {
        public override Task<SegmentStats> GetSegmentStats(GetSegmentStatsRequest request, ServerCallContext context) =>
            Task.FromResult(new SegmentStats { CustomerCount = 100 });
    }
}
