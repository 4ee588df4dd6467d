using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scoring.Server.Connections;

namespace Scoring.Server.Health;

/// <summary>Tells when nearly no more connections can be opened. The server works on for those that have one.</summary>
internal sealed class ConnectionHealth(ConnectionLimit limit) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            limit.Shortage is { } shortage ? HealthCheckResult.Degraded(shortage) : HealthCheckResult.Healthy()
        );
}
