using Scoring.Core;
using Scoring.Engine;

namespace Scoring.Server.Access;

/// <summary>Reads the keys before there are calls, and stores once a minute when they were used last.</summary>
internal sealed class KeyUseSaver(ApiKeys keys, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _ = keys.Current;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SaveAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await SaveAsync();
        }
    }

    private async Task SaveAsync()
    {
        try
        {
            await keys.SaveUsesAsync();
        }
        catch (Exception error) when (error is ScoringException or StoreException)
        {
            // It is told wherever the store is written; and a use that is not known is no harm.
        }
    }
}
