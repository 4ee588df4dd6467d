using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.FuzzTests.Requests;

/// <summary>A server on free loopback ports, one for each version of HTTP, that keeps what it logs beyond normal failures.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    private const int MaxMessage = 16 * 1024;

    private readonly WebApplication _app;

    private FuzzedServer(WebApplication app, Log log)
    {
        _app = app;
        Logged = log.Lines;
        var addresses = app.Urls.Select(url => new Uri(url)).ToArray();
        (Http1, Http2) = (addresses[0], addresses[1]);
    }

    public Uri Http1 { get; }

    public Uri Http2 { get; }

    /// <summary>Warnings and errors: no request may cause any but Kestrel's own of connections that break off within a body.</summary>
    public ConcurrentQueue<string> Logged { get; }

    public static async Task<FuzzedServer> StartAsync()
    {
        var log = new Log();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessage;
            options.CompressResponses = true;
        });
        var app = builder.Build();
        var handler = new EchoHandler();
        app.MapRpcService(EchoReflection.Descriptor.Services.Single(service => service.Name == "EchoService"), handler);
        app.MapRpcService(AskReflection.Descriptor.Services[0], handler);
        await app.StartAsync();
        return new FuzzedServer(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Gives back what it gets; of a stream of responses no more than a hundred.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Handlers are bound by their instance methods.")]
    private sealed class EchoHandler
    {
        public ValueTask<EchoResponse> Unary(EchoRequest request, CallContext context) =>
            ValueTask.FromResult(Answer(request));

        public ValueTask<Question> Ask(Question question, CallContext context) => ValueTask.FromResult(question);

        public async ValueTask<EchoResponse> Collect(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
            new() { Count = await requests.CountAsync() };

        public IAsyncEnumerable<EchoResponse> Repeat(EchoRequest request, CallContext context) =>
            Enumerable.Repeat(Answer(request), Math.Clamp(request.Count, 0, 100)).ToAsyncEnumerable();

        public IAsyncEnumerable<EchoResponse> Chat(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
            requests.Select(Answer);

        private static EchoResponse Answer(EchoRequest request) =>
            new()
            {
                Text = request.Text,
                Count = request.Count,
                Payload = request.Payload,
            };
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var line = $"{logLevel} {formatter(state, exception)} {exception}";
            if (
                !line.Contains("Connection processing ended abnormally", StringComparison.Ordinal)
                && !line.Contains("automatic draining of the request body", StringComparison.Ordinal)
            )
            {
                Lines.Enqueue(line);
            }
        }
    }
}
