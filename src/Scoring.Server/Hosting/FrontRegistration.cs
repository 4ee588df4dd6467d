using Grpc.Reflection;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;
using Scoring.Server.Access;
using Scoring.Server.Accounts;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.Server.Customers;
using Scoring.Server.Evaluation;
using Scoring.Server.Health;
using Scoring.Server.History;
using Scoring.Server.Json;
using Scoring.Server.Listing;
using Scoring.Server.Memory;
using Scoring.Server.Models;
using Scoring.Server.Names;
using Scoring.Server.Recording;
using Scoring.Server.Scores;
using Scoring.Server.Segments;
using Scoring.Server.Services;
using Scoring.Server.Telemetry;
using Scoring.Server.Workspaces;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Hosting;

/// <summary>Puts the front before a backend: gRPC and JSON services, health and metrics.</summary>
internal static class FrontRegistration
{
    /// <summary>The services of the contract.</summary>
    private static readonly Descriptor[] Services =
    [
        V1.ScoringService.Descriptor,
        V1.ModelService.Descriptor,
        V1.SegmentService.Descriptor,
        V1.CustomerService.Descriptor,
        V1.HistoryService.Descriptor,
        V1.AdminService.Descriptor,
    ];

    /// <summary>Adds the front to the container.</summary>
    /// <param name="services">The container; in it is the backend, and a <see cref="TimeProvider"/> in it is used.</param>
    /// <param name="options">Settings of the front.</param>
    /// <param name="access">Who may call; anybody when null.</param>
    public static IServiceCollection AddScoringFront(
        this IServiceCollection services,
        FrontOptions options,
        AccessOptions? access = null
    )
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<WorkspaceCatalog>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<MemoryBudget>();
        services.AddSingleton<ConnectionBuffers>();
        services.AddSingleton<BlockPool>();
        services.AddSingleton<IMemoryPoolFactory<byte>>(provider => provider.GetRequiredService<BlockPool>());
        services.AddSingleton<AnswerLimit>();
        services.AddSingleton<EventRecorder>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<UpdateRecorder>();
        services.AddSingleton<ScoreReader>();
        services.AddSingleton<SegmentCatalog>();
        services.AddHostedService<SegmentFollower>();
        services.AddSingleton<SegmentReader>();
        services.AddSingleton<SegmentEditor>();
        services.AddSingleton<CustomerLister>();
        services.AddSingleton<AccountLister>();
        services.AddSingleton<ModelPreviewer>();
        services.AddSingleton<AccountReader>();
        services.AddSingleton<CustomerReader>();
        services.AddSingleton<CustomerMerger>();
        services.AddSingleton<CustomerEraser>();
        services.AddSingleton<EventCorrector>();
        services.AddSingleton<ScoreAdjuster>();
        services.AddSingleton<HistoryTimeReader>();
        services.AddSingleton<HistoryReader>();
        services.AddSingleton<SegmentHistoryReader>();
        services.AddSingleton<SegmentChangeReader>();
        services.AddSingleton<AccountHistoryReader>();
        services.AddSingleton<EvaluationReader>();
        services.AddSingleton<ProposalReader>();
        services.AddSingleton<BandLeaverReader>();
        services.AddSingleton<FutureTimeReader>();
        services.AddSingleton<ProjectionReader>();
        services.AddSingleton<EventExporter>();
        services.AddSingleton<StoredModels>();
        services.AddSingleton<ModelEditor>();
        services.AddSingleton<NameEditor>();
        services.AddSingleton<CallMetrics>();
        services.AddSingleton<AccessLog>();
        services.AddSingleton<CallInterceptor>();
        services.AddSingleton<StrictJson>();
        services.AddSingleton<StreamEnding>();
        services.AddSingleton<CallEndpoints>();
        services.AddSingleton<OpenStreams>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenStreams>());
        services.AddSingleton<ScoringApi>();
        services.AddSingleton<ModelApi>();
        services.AddSingleton<SegmentApi>();
        services.AddSingleton<CustomerApi>();
        services.AddSingleton<HistoryApi>();
        services.AddAccess(access ?? new AccessOptions());
        services.AddSingleton<AuditLog>();
        services.AddSingleton<KeyedHash>();
        services.AddSingleton<KeyEditor>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<AdminApi>();
        services
            .AddGrpc(grpc =>
            {
                grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = options.MaxMessageBytes;
                foreach (var bounded in BoundedCompression.Of(options.MaxMessageBytes))
                {
                    grpc.CompressionProviders.Add(bounded);
                }
                grpc.ResponseCompressionAlgorithm = options.CompressResponses ? "gzip" : null;
                grpc.Interceptors.Add<CallInterceptor>();
            })
            .AddJsonTranscoding(json =>
            {
                json.TypeRegistry = JsonErrors.Details;
                // As protobuf's JSON mapping wants it: a number of JavaScript holds 53 bits.
                json.JsonSettings.WriteInt64sAsStrings = true;
            });
        services.AddReflection();
        services.AddOpenApiDocument();
        services.AddHealth(options);
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => ServiceResource.Describe(resource))
            .WithMetrics(metrics =>
                metrics
                    .AddMeter("Scoring.*")
                    .AddMeter("System.Runtime")
                    .AddMeter("Microsoft.AspNetCore.Server.Kestrel")
                    // Measured for every call, which rpc.server.call.duration is already.
                    .AddView("kestrel.queued_requests", MetricStreamConfiguration.Drop)
                    .AddPrometheusExporter()
            );
        return services;
    }

    /// <summary>Maps the services by gRPC, gRPC-Web and JSON, with health and reflection, and /healthz, /readyz and /metrics.</summary>
    /// <param name="app">Where they go; routing and CORS stand before.</param>
    public static void MapScoringFront(this WebApplication app)
    {
        foreach (var middleware in new[] { "__AuthenticationMiddlewareSet", "__AuthorizationMiddlewareSet" })
        {
            // As if they were used: a web application would put them before everything, and CallGuard does what they do.
            ((IApplicationBuilder)app).Properties[middleware] = true;
        }
        var calls = app.Services.GetRequiredService<CallEndpoints>();
        var guard = app.Services.GetRequiredService<CallGuard>();
        var options = app.Services.GetRequiredService<FrontOptions>();
        app.Use(app.Services.GetRequiredService<AccessLog>().KeepContentType);
        app.Use(calls.SurroundUnknown);
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.UseWhen(
            http => http.GetEndpoint() is not RouteEndpoint,
            rest =>
            {
                rest.UseStatusCodePages(answer => JsonErrors.WriteNoRouteAsync(answer.HttpContext));
                rest.UseOpenApiDocument();
            }
        );
        app.MapGrpcService<ScoringApi>().Add(calls.Surround);
        app.MapGrpcService<ModelApi>().Add(calls.Surround);
        app.MapGrpcService<SegmentApi>().Add(calls.Surround);
        app.MapGrpcService<CustomerApi>().Add(calls.Surround);
        app.MapGrpcService<HistoryApi>().Add(calls.Surround);
        app.MapGrpcService<AdminApi>().Add(calls.Surround);
        app.MapGrpcHealthChecksService().AllowAnonymous().Add(calls.Surround);
        if (options.Reflection)
        {
            app.MapGrpcReflectionService().Add(calls.Surround);
        }
        app.MapHealthChecks("/healthz", Health(_ => false, _ => "ok"));
        app.MapHealthChecks(
            "/readyz",
            Health(
                _ => true,
                report => string.Join(' ', report.Entries.Values.Select(entry => entry.Description).OfType<string>())
            )
        );
        if (options.Metrics)
        {
            app.MapPrometheusScrapingEndpoint("/metrics").Add(GuardMetrics);
        }

        // The plain port beside one with TLS is the operators' own: only they reach it.
        void GuardMetrics(EndpointBuilder endpoint)
        {
            var open = endpoint.RequestDelegate!;
            var guarded = guard.Before(open, new NeedsAttribute(V1.Role.Read, everywhere: true));
            endpoint.RequestDelegate = http =>
                options.HasOperatorsPort && !http.Request.IsHttps ? open(http) : guarded(http);
        }
    }

    /// <summary>Lets pages of other origins call by gRPC-Web and JSON.</summary>
    public static void AllowCalls(this CorsPolicyBuilder policy, IEnumerable<string> origins) =>
        policy
            .WithOrigins([.. origins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders(
                "Grpc-Status",
                "Grpc-Message",
                "Grpc-Encoding",
                "Grpc-Accept-Encoding",
                "Grpc-Status-Details-Bin"
            )
            .SetPreflightMaxAge(TimeSpan.FromHours(2));

    private static void AddHealth(this IServiceCollection services, FrontOptions options)
    {
        services
            .AddGrpcHealthChecks(health =>
            {
                foreach (var service in Services)
                {
                    health.Services.Map(service.FullName, _ => true);
                }
            })
            .AddCheck<StoreHealth>("store")
            .AddCheck<ClockHealth>("clock");
        services.AddSingleton<StoreHealth>();
        services.Configure<HealthCheckPublisherOptions>(publisher =>
        {
            publisher.Delay = TimeSpan.Zero;
            publisher.Period = options.HealthCheckPeriod;
        });
    }

    /// <summary>Also tells the types of error details, which no method names, so that tools can show them.</summary>
    private static void AddReflection(this IServiceCollection services)
    {
        Descriptor[] described =
        [
            .. Services,
            Grpc.Health.V1.Health.Descriptor,
            Grpc.Reflection.V1.ServerReflection.Descriptor,
            Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        ];
        var names = described.Select(service => service.FullName).ToArray();
        var symbols = SymbolRegistry.FromFiles([
            .. described.Select(service => service.File),
            Google.Rpc.ErrorDetailsReflection.Descriptor,
        ]);
        services.AddSingleton(new ReflectionV1ServiceImpl(names, symbols));
        services.AddSingleton(new ReflectionServiceImpl(names, symbols));
        services.AddGrpcReflection();
    }

    private static HealthCheckOptions Health(
        Func<HealthCheckRegistration, bool> chosen,
        Func<HealthReport, string> text
    ) =>
        new()
        {
            Predicate = chosen,
            ResponseWriter = (http, report) =>
            {
                http.Response.ContentType = "text/plain; charset=utf-8";
                return http.Response.WriteAsync(text(report) + "\n", http.RequestAborted);
            },
        };
}
