using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.Rpc.Client;

namespace Scoring.Rpc.Tests;

/// <summary>A server on a free loopback port, with a client for it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, Logs logs, RpcChannelOptions? clientOptions, Version httpVersion)
    {
        HttpVersion = httpVersion;
        _app = app;
        Logged = logs.Lines;
        Address = new Uri(app.Urls.Single());
        Channel = new RpcChannel(Address, clientOptions);
    }

    public Uri Address { get; }

    public RpcChannel Channel { get; }

    /// <summary>The one version of HTTP that the server speaks.</summary>
    public Version HttpVersion { get; }

    public ConcurrentQueue<string> Logged { get; }

    public IServiceProvider Services => _app.Services;

    public HealthService Health => _app.Services.GetRequiredService<HealthService>();

    public static async Task<TestServer> StartAsync(
        object? handler = null,
        Action<RpcServerOptions>? server = null,
        RpcChannelOptions? client = null,
        TimeProvider? time = null,
        Action<WebApplication>? map = null,
        Action<KestrelServerOptions>? kestrel = null,
        Action<ListenOptions>? listen = null,
        HttpProtocols http = HttpProtocols.Http2,
        Action<IServiceCollection>? services = null,
        LogLevel logged = LogLevel.Warning
    )
    {
        var logs = new Logs(logged);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(logged);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(
                IPAddress.Loopback,
                0,
                endpoint =>
                {
                    endpoint.Protocols = http;
                    listen?.Invoke(endpoint);
                }
            );
            kestrel?.Invoke(options);
        });
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddRpc(server);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapRpcService(Echo.Service, handler ?? new Echo());
        map?.Invoke(app);
        await app.StartAsync();
        var version = http == HttpProtocols.Http1 ? System.Net.HttpVersion.Version11 : System.Net.HttpVersion.Version20;
        return new TestServer(app, logs, client, version);
    }

    public Task StopAsync(CancellationToken impatience = default) => _app.StopAsync(impatience);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private sealed class Logs(LogLevel lowest) : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= lowest;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
    }
}
