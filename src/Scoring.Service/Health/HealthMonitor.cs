using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scoring.Core;
using Scoring.Rpc;

namespace Scoring.Service.Health;

/// <summary>Asks the backend whether it can work, now and then and on demand, and tells grpc.health.v1.</summary>
internal sealed partial class HealthMonitor(
    IScoringBackend backend,
    HealthService health,
    FrontOptions options,
    TimeProvider time,
    ILogger<HealthMonitor> log
) : BackgroundService
{
    private readonly Lock _gate = new();
    private string? _trouble;

    /// <summary>Asks the backend now.</summary>
    /// <returns>Why it cannot work; null when it can.</returns>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var trouble = await AskAsync(cancellationToken);
        lock (_gate)
        {
            if (trouble != _trouble)
            {
                _trouble = trouble;
                // The services follow the server as a whole.
                var status = trouble is null ? HealthStatus.Serving : HealthStatus.NotServing;
                health.SetStatus(HealthService.WholeServer, status);
                Report(trouble);
            }
        }
        return trouble;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.HealthCheckPeriod, time);
        try
        {
            do
            {
                await CheckAsync(stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A host that fails to start would report this as a failure of its own.
        }
    }

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

    private void Report(string? trouble)
    {
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
