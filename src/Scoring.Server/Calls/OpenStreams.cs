namespace Scoring.Server.Calls;

/// <summary>The streams that callers have open. While the server stops it waits for them, before the listeners close their connections.</summary>
internal sealed class OpenStreams(IHostApplicationLifetime lifetime) : IHostedLifecycleService
{
    /// <summary>How long those are waited for that do not take notice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private bool _stopping;

    public void Begin()
    {
        lock (_gate)
        {
            _open++;
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _open--;
            EndIfDone();
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        // Streams end when they are told of it, which a host that is stopped by its own method does only after this.
        lifetime.StopApplication();
        lock (_gate)
        {
            _stopping = true;
            EndIfDone();
        }
        return Task.WhenAny(_allEnded.Task, Task.Delay(Patience, cancellationToken));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void EndIfDone()
    {
        if (_stopping && _open == 0)
        {
            _allEnded.TrySetResult();
        }
    }
}
