using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Scoring.Engine.Hosting;
using Scoring.Server.Access;
using Scoring.Server.Connections;
using Scoring.Server.Health;
using Scoring.Server.Memory;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;
using Scoring.Server.Tls;

namespace Scoring.Server.Hosting;

/// <summary>The web host: the front of a backend on two listeners, HTTP/2 for gRPC on the one and HTTP/1.1 on the other; with TLS on one for both.</summary>
internal sealed class ScoringHost : IAsyncDisposable
{
    private const int ConnectionWindowBytes = 8 << 20;
    private const int StreamWindowBytes = 2 << 20;
    private const int ReceivedBytes = 128 << 10;
    private const int StalledBytesPerSecond = 240;
    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(1);

    private readonly WebApplication _app;
    private readonly Listeners _listeners;

    private ScoringHost(WebApplication app, Listeners listeners) => (_app, _listeners) = (app, listeners);

    /// <summary>Where gRPC listens, with TLS everything; with the port that was taken.</summary>
    public Uri Grpc => Url(_listeners.Grpc!, _listeners.UsesTls);

    /// <summary>Where HTTP/1.1 listens: probes, metrics, and calls in JSON and by gRPC-Web, which with TLS are at <see cref="Grpc"/> only.</summary>
    public Uri Http => _listeners.Http is { } listener ? Url(listener, usesTls: false) : Grpc;

    /// <summary>Where it listens, for people: with the address that is really listened on.</summary>
    public string Listening =>
        _listeners.UsesTls
            ? $"gRPC and HTTP {Text(_listeners.Grpc!, Uri.UriSchemeHttps)}"
            : $"gRPC {Text(_listeners.Grpc!, Uri.UriSchemeHttp)}, HTTP {Text(_listeners.Http!, Uri.UriSchemeHttp)}";

    /// <summary>Where probes without TLS are answered beside that, for people; empty for nowhere.</summary>
    public string Probes =>
        _listeners is { UsesTls: true, Http: { } http } ? $", probes {Text(http, Uri.UriSchemeHttp)}" : "";

    /// <param name="settings">Where to listen, and what the front allows.</param>
    /// <param name="engine">The partitions of this process; not disposed with the host.</param>
    /// <param name="start">Done once the silo is up, before anything listens.</param>
    /// <param name="logging">Takes the log.</param>
    /// <param name="access">Who may call.</param>
    /// <param name="export">Takes spans and metrics.</param>
    /// <param name="tls">Null for none; not disposed with the host.</param>
    /// <param name="clusterTls">The same between servers.</param>
    public static ScoringHost Build(
        ServerSettings settings,
        PartitionHost engine,
        Func<IServiceProvider, CancellationToken, Task> start,
        ILoggerFactory logging,
        AccessOptions access,
        OtlpExport export,
        ServerTls? tls,
        ServerTls? clusterTls
    )
    {
        var listeners = new Listeners();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        // What the front checks times of events by.
        builder.Services.AddSingleton<TimeProvider>(engine.Clock);
        var ofCluster = clusterTls is null ? null : new ClusterTls(clusterTls, logging.CreateLogger<ClusterTls>());
        builder.UseOrleans(silo => SiloSetup.Configure(silo, settings, engine, ofCluster));
        // Started in this order, and the listeners last.
        builder.Services.AddHostedService(provider => new StartStep(cancelled => start(provider, cancelled)));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        // Queues of their own for I/O cost a hop and a tenth of a unary write's processor time; the pool has a queue already.
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.IOQueueCount = 0;
            // What a connection has received and nobody has looked at yet is not counted; it was a megabyte.
            sockets.MaxReadBufferSize = ReceivedBytes;
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings, listeners, tls));
        builder.Services.AddScoringFront(
            new FrontOptions
            {
                MaxFutureSkew = settings.MaxFutureSkew,
                MaxBatch = settings.MaxBatch,
                MaxMessageBytes = (int)settings.MaxMessageBytes,
                CallMemory = settings.CallMemory?.Bytes,
                CompressResponses = settings.CompressResponses,
                AccessLog = settings.AccessLog,
                ApiPage =
                    settings.ApiPage
                    ?? IPAddress.IsLoopback(
                        ((IPEndPoint)(settings.PlainHttpEndpoint ?? settings.GrpcEndpoint)).Address
                    ),
                Workspaces = settings.Workspaces,
                Reflection = settings.Reflection,
                Metrics = settings.Metrics,
                HasOperatorsPort = settings.UsesTls && settings.PlainHttpEndpoint is not null,
                IsInsecure = settings.Danger is not null,
            },
            access
        );
        builder.Services.AddSingleton(engine).AddSingleton<IDocuments, EngineDocuments>();
        builder.Services.AddSingleton(settings).AddSingleton<ConnectionLimit>();
        builder.Services.AddHealthChecks().AddCheck<ConnectionHealth>("connections");
        export.AddTo(builder.Services, builder.Configuration);
        var hosts = AllowedHosts.Of(settings);
        builder.Services.AddAllowedHosts(hosts);
        if (settings.CorsOrigins.Count > 0)
        {
            builder.Services.AddCors(cors =>
                cors.AddDefaultPolicy(policy => policy.AllowCalls(settings.CorsOrigins.Select(origin => origin.Text)))
            );
        }
        var app = builder.Build();
        app.UseAllowedHosts(hosts);
        app.UseRouting();
        if (settings.CorsOrigins.Count > 0)
        {
            app.UseCors();
        }
        if (tls is not null)
        {
            app.Use(next => http => IsCallWithoutTls(http) ? RefuseAsync(http) : next(http));
        }
        app.MapScoringFront();
        return new ScoringHost(app, listeners);
    }

    /// <summary>Listens. False when the process was told to stop before it did.</summary>
    /// <exception cref="IOException">An endpoint is in use or may not be listened on.</exception>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
            return true;
        }
        catch (Exception) when (_app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Whatever was being started says in its own way that it was given up.
            return false;
        }
    }

    /// <summary>Returns once the process was told to stop and the running calls are done.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(
        KestrelServerOptions kestrel,
        ServerSettings settings,
        Listeners listeners,
        ServerTls? tls
    )
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.KeepAliveTimeout = settings.IdleTimeout;
        // A stream lives as long as its producer; messages have a limit of their own.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = new(StalledBytesPerSecond, settings.StallTimeout);
        limits.MinResponseDataRate = new(StalledBytesPerSecond, settings.StallTimeout);
        // One header may be as large as Kestrel reads at all before it gives a connection up: so a call with too many bytes of headers is
        // answered with 431, and the others of its connection go on.
        limits.MaxRequestHeadersTotalSize = (int)settings.MaxHeaderBytes;
        limits.Http2.MaxRequestHeaderFieldSize = 2 * (int)settings.MaxHeaderBytes;
        limits.Http2.MaxStreamsPerConnection = settings.MaxStreamsPerConnection;
        limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        // Finds clients that went away without a word, whose streams would stay open.
        limits.Http2.KeepAlivePingDelay = PingDelay;
        listeners.UsesTls = tls is not null;
        kestrel.Listen(
            settings.GrpcEndpoint,
            listen =>
            {
                LimitConnections(listen, isForCalls: true);
                // Without TLS there is no ALPN: a port speaks one version of HTTP.
                listen.Protocols = tls is null ? HttpProtocols.Http2 : HttpProtocols.Http1AndHttp2;
                if (tls is not null)
                {
                    listen.UseHttps(
                        new TlsHandshakeCallbackOptions
                        {
                            OnConnection = _ => ValueTask.FromResult(tls.ForConnection()),
                        }
                    );
                }
                else
                {
                    listen.Use(next => new Http1Refusal(next, () => AdviceForHttp1(listeners)).InvokeAsync);
                }
                listeners.Grpc = listen;
            }
        );
        if (settings.PlainHttpEndpoint is { } endpoint)
        {
            kestrel.Listen(
                endpoint,
                listen =>
                {
                    LimitConnections(listen, isForCalls: false);
                    listen.Protocols = HttpProtocols.Http1;
                    listeners.Http = listen;
                }
            );
        }
    }

    private static void LimitConnections(ListenOptions listen, bool isForCalls)
    {
        var limit = listen.ApplicationServices.GetRequiredService<ConnectionLimit>();
        var buffers = listen.ApplicationServices.GetRequiredService<ConnectionBuffers>();
        listen.Use(next => limit.Before(buffers.Before(next, isForCalls), isForCalls));
    }

    private static string AdviceForHttp1(Listeners listeners) =>
        "This port is for gRPC, by HTTP/2. "
        + (
            listeners.Http is { } http
                ? $"HTTP/1.1, for calls in JSON, health and metrics, has its own: {Url(http, usesTls: false)} (setting HttpEndpoint)."
                : "No port is for HTTP/1.1 (setting HttpEndpoint)."
        );

    /// <summary>Where there is TLS, the plain port is for probes alone.</summary>
    private static bool IsCallWithoutTls(HttpContext http) =>
        !http.Request.IsHttps && http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync("Calls need TLS; this port answers /healthz, /readyz and /metrics.\n");
    }

    private static string Text(ListenOptions listener, string scheme) => $"{scheme}://{listener.IPEndPoint}";

    private static Uri Url(ListenOptions listener, bool usesTls)
    {
        var endpoint = listener.IPEndPoint!;
        var isAny = endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(
            usesTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp,
            isAny ? "localhost" : endpoint.Address.ToString(),
            endpoint.Port
        ).Uri;
    }

    private sealed class Listeners
    {
        public ListenOptions? Grpc { get; set; }

        public ListenOptions? Http { get; set; }

        public bool UsesTls { get; set; }
    }
}
