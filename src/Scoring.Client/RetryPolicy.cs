using Google.Rpc;
using Grpc.Core;

namespace Scoring.Client;

/// <summary>
/// Tries again for as long as it takes a server to come back: after UNAVAILABLE, DEADLINE_EXCEEDED and CANCELLED, and after
/// RESOURCE_EXHAUSTED that advises when.
/// </summary>
/// <remarks>
/// A <see cref="ScoringClient"/> repeats single calls a few times by itself; this is for work that outlasts a restart of the server.
/// The outcome of a write that ended in UNAVAILABLE, DEADLINE_EXCEEDED or CANCELLED is unknown; it is safe to try again only when
/// every event has an <c>event_id</c>. Pauses grow exponentially with a random part, so that clients do not return all at once; advice
/// of the server (<see cref="RetryInfo"/>) is never undercut.
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
        error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        || (error.StatusCode is StatusCode.Internal && IsBroken(error.Status.DebugException))
        || (error.StatusCode is StatusCode.ResourceExhausted && RetryPauses.AdviceOf(error) is not null);

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
            catch (RpcException error)
                when (!cancellationToken.IsCancellationRequested && pauses.TryNext(error, out var pause))
            {
                await Task.Delay(pause, _time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Grpc.Net.Client says INTERNAL when a connection breaks in the middle of an answer, is closed before it by a server that stops, or breaks
    /// while the answer is about to be read.
    /// </summary>
    private static bool IsBroken(Exception? cause) =>
        cause is IOException or ObjectDisposedException or HttpRequestException { InnerException: IOException };

    /// <summary>The pauses of one series of attempts, beginning now.</summary>
    internal RetryPauses Begin() => new(_options, _time);
}
