namespace Scoring.Rpc.Calls;

/// <summary>Answers a call when its time is up, whatever the handler does, and then cancels the handler.</summary>
internal sealed class CallDeadline : IAsyncDisposable
{
    /// <summary>What a timer can wait for; a call with more patience is never timed out.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly ServerCall _call;
    private readonly CancellationTokenSource _cancellation;
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private volatile bool _passed;

    public CallDeadline(ServerCall call, TimeSpan timeout, TimeProvider time, CancellationToken requestAborted)
    {
        _call = call;
        _timeout = timeout;
        var now = time.GetUtcNow();
        Instant = timeout < DateTimeOffset.MaxValue - now ? now + timeout : DateTimeOffset.MaxValue;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(requestAborted);
        _timer = time.CreateTimer(
            static state => _ = ((CallDeadline)state!).PassAsync(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public DateTimeOffset Instant { get; }

    /// <summary>Keeps the answer at the deadline and what the handler writes apart.</summary>
    public Lock Gate { get; } = new();

    public CancellationToken Token => _cancellation.Token;

    public bool HasPassed => _passed;

    /// <summary>Starts the clock, once the call knows of it.</summary>
    public void Start()
    {
        if (_timeout < LongestTimer)
        {
            _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Stops the clock; if it has struck, waits until the answer is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        if (_passed)
        {
            await _answered.Task;
        }

        _cancellation.Dispose();
    }

    private async Task PassAsync()
    {
        // Marked first: when the call is found finished by the deadline, its end must wait for the answer.
        _passed = true;
        if (!_call.TryFinish())
        {
            _answered.TrySetResult();
            return;
        }

        try
        {
            var answer = _call.AnswerDeadlineAsync();
            await _cancellation.CancelAsync();
            await answer;
        }
        catch (Exception exception)
        {
            _call.LogDeadlineFailure(exception);
        }
        finally
        {
            _answered.TrySetResult();
        }
    }
}
