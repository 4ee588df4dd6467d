using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scoring.Core;
using Scoring.Core.Backend;

namespace Scoring.Server.Health;

/// <summary>Asks the backend whether it can work; /readyz and grpc.health.v1 tell the answer.</summary>
internal sealed partial class StoreHealth(
    IScoringBackend backend,
    FrontOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StoreHealth> log
) : IHealthCheck
{
    private readonly Lock _gate = new();
    private string? _trouble;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The server is stopping.");
        }
        var trouble = await AskAsync(cancellationToken);
        Report(trouble);
        return trouble is null ? HealthCheckResult.Healthy("ready") : HealthCheckResult.Unhealthy(trouble);
    }

    /// <returns>Why the backend cannot work; null when it can.</returns>
    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.HealthCheckTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await backend.CheckHealthAsync(both.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"The store did not answer within {options.HealthCheckTimeout.TotalSeconds:0.#} s.";
        }
        catch (ScoringException error)
        {
            return error.Message;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogDefect(log, error);
            return "The store failed; the server's log has the details.";
        }
    }

    /// <summary>Logs what has changed since the check before.</summary>
    private void Report(string? trouble)
    {
        lock (_gate)
        {
            if (trouble == _trouble)
            {
                return;
            }
            _trouble = trouble;
        }
        if (trouble is null)
        {
            LogReady(log);
        }
        else
        {
            LogNotReady(log, trouble);
        }
    }

    [LoggerMessage(LogLevel.Information, "Ready again.")]
    private static partial void LogReady(ILogger log);

    [LoggerMessage(LogLevel.Warning, "Not ready: {Reason}")]
    private static partial void LogNotReady(ILogger log, string reason);

    [LoggerMessage(LogLevel.Error, "The health check failed unexpectedly.")]
    private static partial void LogDefect(ILogger log, Exception error);
}
