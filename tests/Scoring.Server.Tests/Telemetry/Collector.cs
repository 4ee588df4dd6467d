using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Server.Tests.Otlp;

namespace Scoring.Server.Tests.Telemetry;

/// <summary>A collector of OTLP on loopback, by gRPC on one port and by HTTP on another, that keeps what it is sent.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        (Grpc, Http) = (addresses.First(), addresses.Last());
    }

    public string Grpc { get; }

    public string Http { get; }

    public ConcurrentQueue<ResourceSpans> Traces { get; } = new();

    public ConcurrentQueue<ResourceMetrics> Metrics { get; } = new();

    public ConcurrentQueue<ResourceLogs> Logs { get; } = new();

    /// <summary>The headers of every export by HTTP, by name.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Headers { get; } = new();

    public IEnumerable<(string Scope, Span Span)> Spans =>
        Traces
            .SelectMany(traces => traces.ScopeSpans)
            .SelectMany(scope => scope.Spans.Select(s => (scope.Scope.Name, s)));

    public IEnumerable<Metric> Instruments =>
        Metrics.SelectMany(metrics => metrics.ScopeMetrics).SelectMany(scope => scope.Metrics);

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        Collector? collector = null;
        var sink = new Sink(() => collector!);
        builder.Services.AddSingleton(sink);
        var app = builder.Build();
        app.MapGrpcService<TraceSink>();
        app.MapGrpcService<MetricsSink>();
        app.MapGrpcService<LogsSink>();
        app.MapPost("/v1/traces", http => TakeAsync(http, ExportTraces.Parser, sink.Take));
        app.MapPost("/v1/metrics", http => TakeAsync(http, ExportMetrics.Parser, sink.Take));
        app.MapPost("/v1/logs", http => TakeAsync(http, ExportLogs.Parser, sink.Take));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return collector = new Collector(app);

        async Task TakeAsync<T>(HttpContext http, MessageParser<T> parser, Func<T, Exported> take)
            where T : IMessage<T>
        {
            collector!.Headers.Enqueue(
                http.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                )
            );
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            http.Response.ContentType = "application/x-protobuf";
            await http.Response.Body.WriteAsync(take(parser.ParseFrom(body.ToArray())).ToByteArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private sealed class Sink(Func<Collector> collector)
    {
        public Exported Take(ExportTraces traces)
        {
            traces.ResourceSpans.ToList().ForEach(collector().Traces.Enqueue);
            return new Exported();
        }

        public Exported Take(ExportMetrics metrics)
        {
            metrics.ResourceMetrics.ToList().ForEach(collector().Metrics.Enqueue);
            return new Exported();
        }

        public Exported Take(ExportLogs logs)
        {
            logs.ResourceLogs.ToList().ForEach(collector().Logs.Enqueue);
            return new Exported();
        }
    }

    private sealed class TraceSink(Sink sink) : Otlp.Trace.TraceService.TraceServiceBase
    {
        public override Task<Exported> Export(ExportTraces request, ServerCallContext context) =>
            Task.FromResult(sink.Take(request));
    }

    private sealed class MetricsSink(Sink sink) : Otlp.Metrics.MetricsService.MetricsServiceBase
    {
        public override Task<Exported> Export(ExportMetrics request, ServerCallContext context) =>
            Task.FromResult(sink.Take(request));
    }

    private sealed class LogsSink(Sink sink) : Otlp.Logs.LogsService.LogsServiceBase
    {
        public override Task<Exported> Export(ExportLogs request, ServerCallContext context) =>
            Task.FromResult(sink.Take(request));
    }
}
