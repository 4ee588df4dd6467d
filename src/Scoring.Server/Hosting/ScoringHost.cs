using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Core;
using Scoring.Rpc;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;
using Scoring.Service;

namespace Scoring.Server.Hosting;

/// <summary>The web host: the front of a backend on two listeners, HTTP/2 for gRPC on the one and HTTP/1.1 on the other.</summary>
internal sealed class ScoringHost : IAsyncDisposable
{
    private const int ConnectionWindowBytes = 8 << 20;
    private const int StreamWindowBytes = 2 << 20;
    private const int StreamsPerConnection = 1_000;
    private const int Connections = 10_000;
    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(1);

    private readonly WebApplication _app;
    private readonly Listeners _listeners;

    private ScoringHost(WebApplication app, Listeners listeners) => (_app, _listeners) = (app, listeners);

    /// <summary>Where gRPC listens, with the port that was taken.</summary>
    public Uri Grpc => Url(_listeners.Grpc!);

    /// <summary>Where HTTP/1.1 listens: probes, metrics, and calls by Connect and gRPC-Web.</summary>
    public Uri Http => Url(_listeners.Http!);

    public static ScoringHost Build(
        ServerSettings settings,
        IScoringBackend backend,
        ILoggerFactory logging,
        OtlpExport export
    )
    {
        var listeners = new Listeners();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings, listeners));
        if (settings.AccessLog)
        {
            // First, so that it sees the statuses that callers see.
            builder.Services.AddRpcAccessLog();
        }
        builder.Services.AddScoringFront(
            backend,
            new FrontOptions
            {
                MaxFutureSkew = settings.MaxFutureSkew,
                MaxBatch = settings.MaxBatch,
                Durability = settings.Durability,
                Workspaces = settings.Workspaces,
            },
            rpc =>
            {
                rpc.MaxReceiveMessageSize = settings.MaxMessageBytes;
                rpc.MaxSendMessageSize = settings.MaxMessageBytes;
            }
        );
        export.AddTo(builder.Services, builder.Configuration);
        var app = builder.Build();
        app.UseRouting();
        app.MapScoringFront();
        return new ScoringHost(app, listeners);
    }

    /// <exception cref="IOException">An endpoint is in use or may not be listened on.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>Returns once the process was told to stop and the running calls are done.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, ServerSettings settings, Listeners listeners)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = Connections;
        // A stream lives as long as its producer and rests when that does; messages have a limit of their own.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        // Finds clients that went away without a word, whose streams would stay open.
        limits.Http2.KeepAlivePingDelay = PingDelay;
        kestrel.Listen(
            settings.GrpcEndpoint,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listeners.Grpc = listen;
            }
        );
        kestrel.Listen(
            settings.HttpEndpoint,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listeners.Http = listen;
            }
        );
    }

    private static Uri Url(ListenOptions listener)
    {
        var endpoint = listener.IPEndPoint!;
        var isAny = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder("http", isAny ? "localhost" : endpoint.Address.ToString(), endpoint.Port).Uri;
    }

    private sealed class Listeners
    {
        public ListenOptions? Grpc { get; set; }

        public ListenOptions? Http { get; set; }
    }
}
