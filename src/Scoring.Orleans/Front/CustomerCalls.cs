using System.Diagnostics;
using System.Globalization;
using Orleans.Storage;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Storage;
using Scoring.Core;

namespace Scoring.Cluster.Front;

/// <summary>Calls grains until they answer, for as long as a caller waits.</summary>
/// <remarks>
/// A write of which nothing is there for certain (fenced off, overloaded, an activation that goes) is repeated at once. One of unknown outcome is
/// repeated only if repeating it cannot count anything twice; otherwise the caller is told that nobody knows.
/// </remarks>
internal sealed class CustomerCalls(ClusterOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Writes to a grain.</summary>
    /// <param name="isRepeatable">Whether a write that is there already changes nothing when it is repeated.</param>
    /// <param name="call">Calls the grain.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: the outcome is unknown.</exception>
    public Task<WriteAnswer> WriteAsync(bool isRepeatable, Func<Task<WriteAnswer>> call) =>
        WriteAsync(isRepeatable, call, Stopwatch.GetTimestamp());

    /// <summary>Writes to a grain what was sent to it before.</summary>
    /// <param name="isRepeatable">Whether a write that is there already changes nothing when it is repeated.</param>
    /// <param name="call">Calls the grain.</param>
    /// <param name="before">What came of it.</param>
    /// <param name="since">The timestamp of when it was first sent.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: the outcome is unknown.</exception>
    public async Task<WriteAnswer> WriteAgainAsync(
        bool isRepeatable,
        Func<Task<WriteAnswer>> call,
        WriteStatus before,
        long since
    )
    {
        if ((before == WriteStatus.Unknown && !isRepeatable) || Stopwatch.GetElapsedTime(since) > options.CallTimeout)
        {
            throw Unknown(null);
        }
        await Task.Delay(FirstPause);
        return await WriteAsync(isRepeatable, call, since);
    }

    private async Task<WriteAnswer> WriteAsync(bool isRepeatable, Func<Task<WriteAnswer>> call, long since)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            Exception? failure = null;
            try
            {
                if (await call() is { Status: WriteStatus.Done } answer)
                {
                    return answer;
                }
            }
            catch (InconsistentStateException e)
            {
                failure = e;
            }
            catch (Exception e) when (IsOfTheCluster(e) && isRepeatable)
            {
                failure = e;
            }
            catch (Exception e) when (IsOfTheCluster(e))
            {
                throw Unknown(e);
            }
            if (Stopwatch.GetElapsedTime(since) + pause > options.CallTimeout)
            {
                throw Unknown(failure);
            }
            await Task.Delay(pause);
        }
    }

    /// <summary>Asks a grain; asking again harms nobody.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>.</exception>
    public Task<T> ReadAsync<T>(Func<Task<T>> call) => ReadAgainAsync(call, Stopwatch.GetTimestamp());

    /// <summary>Asks a grain that was asked before.</summary>
    /// <param name="call">Calls the grain.</param>
    /// <param name="since">The timestamp of when it was first asked.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>.</exception>
    public async Task<T> ReadAgainAsync<T>(Func<Task<T>> call, long since)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (IsOfTheCluster(e))
            {
                if (Stopwatch.GetElapsedTime(since) + pause > options.CallTimeout)
                {
                    throw new ScoringException(ScoringError.Unavailable, "The cluster does not answer; try again.", e)
                    {
                        RetryAfter = TimeSpan.FromSeconds(1),
                    };
                }
            }
            await Task.Delay(pause);
        }
    }

    /// <summary>Asks for figures of many until they lag no more than they may.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>.</exception>
    public async Task<T> ReadFiguresAsync<T>(Func<Task<T>> call, Func<T, TimeSpan> lagOf)
    {
        var since = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var figures = await ReadAgainAsync(call, since);
            if (lagOf(figures) is var lag && lag <= options.MaxLag)
            {
                return figures;
            }
            if (Stopwatch.GetElapsedTime(since) + pause > options.CallTimeout)
            {
                throw LagsTooMuch(lag);
            }
            await Task.Delay(pause);
        }
    }

    /// <summary>Whether a call failed for reasons of the cluster or its store, not for what it asked.</summary>
    /// <remarks>
    /// No call to a grain is cancelled by its caller: one that was, or that met something disposed of or a connection that broke, was so by a
    /// silo that ends.
    /// </remarks>
    public static bool IsOfTheCluster(Exception e) =>
        e
            is OrleansException
                or OutcomeUnknownException
                or TimeoutException
                or OperationCanceledException
                or ObjectDisposedException
                or IOException
                or System.Net.Sockets.SocketException
                or Orleans.Serialization.UnavailableExceptionFallbackException
                or Npgsql.NpgsqlException;

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private ScoringException LagsTooMuch(TimeSpan lag) =>
        new(
            ScoringError.Unavailable,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Figures of many lag {lag.TotalSeconds:0.0} s behind what was acknowledged and may lag {options.MaxLag.TotalSeconds:0.0} s (Silo:MaxLag). "
            ) + "A silo that died has not been missed yet, silos are overloaded, or their clocks differ. Try again."
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static ScoringException Unknown(Exception? cause) =>
        new(
            ScoringError.Unavailable,
            "Whether all of it was written is unknown. Send it again: events with an event_id that were counted are not counted again.",
            cause
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
}
