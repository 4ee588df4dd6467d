using Google.Rpc;
using Scoring.Rpc;

namespace Scoring.Client;

/// <summary>
/// Tries a call again where that can help: after UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED, and after RESOURCE_EXHAUSTED that
/// advises when.
/// </summary>
/// <remarks>
/// The outcome of a write that ended in UNAVAILABLE, DEADLINE_EXCEEDED or CANCELLED is unknown; it is safe to try again only when
/// every event has an <c>event_id</c>. CANCELLED comes from a server or a connection that went away: what the caller cancels ends in
/// <see cref="OperationCanceledException"/>. Pauses grow exponentially with a random part, so that clients do not return all at once; advice of the
/// server (<see cref="RetryInfo"/>) is never undercut.
/// </remarks>
public sealed class RetryPolicy
{
    private readonly RetryOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A policy.</summary>
    /// <param name="options">How often and how long; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is not above zero, or the longest is shorter than the first.</exception>
    public RetryPolicy(RetryOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new RetryOptions();
        _time = timeProvider ?? TimeProvider.System;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.InitialDelay, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxDelay, _options.InitialDelay, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GiveUpAfter, TimeSpan.Zero, nameof(options));
    }

    /// <summary>Whether a call that failed so may succeed when tried again.</summary>
    public static bool CanRetry(RpcException error) =>
        error.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        || (error.Code is StatusCode.ResourceExhausted && error.TryGetDetail<RetryInfo>(out _));

    /// <summary>Makes a call until it succeeds, fails in a way that a retry cannot mend, or the time is up.</summary>
    /// <typeparam name="T">What the call gives.</typeparam>
    /// <param name="call">The call; every attempt makes it anew.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="RpcException">The last attempt's error.</exception>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken = default
    )
    {
        var pauses = Begin();
        while (true)
        {
            try
            {
                return await call(cancellationToken);
            }
            catch (RpcException error) when (pauses.TryNext(error, out var pause))
            {
                await Task.Delay(pause, _time, cancellationToken);
            }
        }
    }

    /// <summary>The pauses of one series of attempts, beginning now.</summary>
    internal RetryPauses Begin() => new(_options, _time);
}

/// <summary>The pauses between the attempts at one thing.</summary>
internal sealed class RetryPauses(RetryOptions options, TimeProvider time)
{
    // The random part of a pause: clients that failed together come back spread over half the pause.
    private const double Jitter = 0.5;

    private long _lastSuccess = time.GetTimestamp();
    private int _failures;

    /// <summary>Begins anew: something succeeded.</summary>
    public void Reset()
    {
        _lastSuccess = time.GetTimestamp();
        _failures = 0;
    }

    /// <summary>How long to wait after an error; false when it is time to give up.</summary>
    public bool TryNext(RpcException error, out TimeSpan pause)
    {
        pause = default;
        if (!RetryPolicy.CanRetry(error))
        {
            return false;
        }

        var doubled = options.InitialDelay * Math.Pow(2, Math.Min(_failures++, 30));
        var spread = 1 - (Jitter * Random.Shared.NextDouble());
        var backoff = (doubled < options.MaxDelay ? doubled : options.MaxDelay) * spread;
        var advice = error.TryGetDetail<RetryInfo>(out var info) ? info.RetryDelay?.ToTimeSpan() ?? default : default;
        pause = advice > backoff ? advice * (2 - spread) : backoff;
        return time.GetElapsedTime(_lastSuccess) + pause <= options.GiveUpAfter;
    }
}
