using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Backend;
using Scoring.Core.Workspaces;
using Scoring.Server.Access;
using Scoring.Server.Hosting;
using Scoring.Server.Memory;
using Scoring.Server.Tests.Access;

namespace Scoring.Server.Tests;

/// <summary>The front before a fake backend, served by Kestrel on free ports, and a client of it.</summary>
internal sealed class Front : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;

    private Front(WebApplication app, FakeBackend backend, FakeTimeProvider time)
    {
        (_app, Backend, Time) = (app, backend, time);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var (rpc, http) = (addresses.Addresses.First(), addresses.Addresses.Last());
        Channel = GrpcChannel.ForAddress(rpc, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        Http = new HttpClient { BaseAddress = new Uri(http) };
    }

    public FakeBackend Backend { get; }

    /// <summary>The clock of the front; stands still at <see cref="Now"/>.</summary>
    public FakeTimeProvider Time { get; }

    public GrpcChannel Channel { get; }

    public HttpClient Http { get; }

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public static async Task<Front> StartAsync(
        FrontOptions? options = null,
        ILoggerProvider? log = null,
        IDocuments? documents = null,
        AccessOptions? access = null
    )
    {
        var (backend, time) = (new FakeBackend(), new FakeTimeProvider(Now));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Listen(HttpProtocols.Http2);
            Listen(HttpProtocols.Http1);

            void Listen(HttpProtocols protocols) =>
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                    {
                        listen.Protocols = protocols;
                        var buffers = listen.ApplicationServices.GetRequiredService<ConnectionBuffers>();
                        listen.Use(next => buffers.Before(next, isRefusable: true));
                    }
                );
        });
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IScoringBackend>(backend);
        builder.Services.AddSingleton<IDocuments>(documents ?? new FakeDocuments());
        builder.Services.AddScoringFront(options ?? Options, access);
        var app = builder.Build();
        app.UseRouting();
        app.MapScoringFront();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Front(app, backend, time);
    }

    public static FrontOptions Options { get; } =
        new()
        {
            Workspaces =
            [
                new WorkspaceSettings { Name = "default" },
                new WorkspaceSettings
                {
                    Name = "trial",
                    HalfLivesDays = [14],
                    DefaultModel = "adoption",
                },
            ],
        };

    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => Channel.CallAsync<TRequest, TResponse>(method, request);

    /// <summary>A stream of batches.</summary>
    public AsyncDuplexStreamingCall<V1.RecordEventsRequest, V1.RecordEventsResponse> Stream() =>
        new V1.ScoringService.ScoringServiceClient(Channel).StreamEvents(
            cancellationToken: TestContext.Current.CancellationToken
        );

    /// <summary>The error that a call ends with: its status, the reason of its ErrorInfo and the fields at fault.</summary>
    public async Task<CallFailure> FailAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => CallAsync<TRequest, TResponse>(method, request)));

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
