using OpenTelemetry.Resources;

namespace Scoring.Server.Telemetry;

/// <summary>Says in telemetry that it is of this service.</summary>
internal static class ServiceResource
{
    /// <summary>Adds the service's name; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say more, or otherwise.</summary>
    /// <param name="resource">What telemetry says of its origin.</param>
    public static ResourceBuilder Describe(ResourceBuilder resource) =>
        resource.AddService("scoring", autoGenerateServiceInstanceId: false).AddEnvironmentVariableDetector();
}
