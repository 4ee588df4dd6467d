namespace Scoring.Server.Hosting;

/// <summary>Something that is done while the host starts.</summary>
internal sealed class StartStep(Func<CancellationToken, Task> start) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => start(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
