using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Scoring.Core;
using Scoring.Rpc;
using Scoring.Service.Accounts;
using Scoring.Service.Errors;
using Scoring.Service.Health;
using Scoring.Service.Models;
using Scoring.Service.Recording;
using Scoring.Service.Scores;
using Scoring.Service.Segments;
using Scoring.Service.Telemetry;
using Scoring.Service.Workspaces;

namespace Scoring.Service;

/// <summary>Puts the front before a backend: RPC services, health and metrics.</summary>
public static class FrontRegistration
{
    /// <summary>Adds the front to the container.</summary>
    /// <param name="services">The container; a <see cref="TimeProvider"/> in it is used.</param>
    /// <param name="backend">Who does the work; stays the caller's to dispose of.</param>
    /// <param name="options">Settings of the front.</param>
    /// <param name="rpc">Settings of the RPC server.</param>
    public static IServiceCollection AddScoringFront(
        this IServiceCollection services,
        IScoringBackend backend,
        FrontOptions options,
        Action<RpcServerOptions>? rpc = null
    )
    {
        services.AddRpc(rpc);
        services.AddRpcInterceptor<DomainErrors>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(backend);
        services.AddSingleton<WorkspaceCatalog>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<EventRecorder>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<UpdateRecorder>();
        services.AddSingleton<ScoreReader>();
        services.AddSingleton<SegmentReader>();
        services.AddSingleton<AccountReader>();
        services.AddSingleton<ModelEditor>();
        services.AddSingleton<ScoringServiceHandlers>();
        services.AddSingleton<ModelServiceHandlers>();
        services.AddSingleton<HealthMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthMonitor>());
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource))
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

    /// <summary>Maps the RPC services with health and reflection, and /healthz, /readyz and /metrics.</summary>
    /// <param name="endpoints">Where they go.</param>
    public static void MapScoringFront(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRpcService<ScoringServiceHandlers>(V1.ScoringServiceReflection.Descriptor.Services[0]);
        endpoints.MapRpcService<ModelServiceHandlers>(V1.ModelServiceReflection.Descriptor.Services[0]);
        endpoints.MapRpcHealth();
        endpoints.MapRpcReflection();
        endpoints.MapHealth();
        endpoints.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <summary>Says in telemetry that it is of this service; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say more, or otherwise.</summary>
    /// <param name="resource">What telemetry says of its origin.</param>
    public static ResourceBuilder Describe(ResourceBuilder resource) =>
        resource.AddService("scoring", autoGenerateServiceInstanceId: false).AddEnvironmentVariableDetector();
}
