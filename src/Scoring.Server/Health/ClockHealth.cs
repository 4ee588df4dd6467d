using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scoring.Engine.Time;

namespace Scoring.Server.Health;

/// <summary>Tells of a clock of the machine that jumped and is not followed yet. The server works on, by the time that has passed since.</summary>
internal sealed class ClockHealth(TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            (time as ReceiptClock)?.Unfollowed is { } jump
                ? HealthCheckResult.Degraded(
                    $"The machine's clock jumped by {jump.Offset:c} and is not followed; if it stays there it will be in {jump.FollowedIn:c}, or at once after SIGHUP."
                )
                : HealthCheckResult.Healthy()
        );
}
