using System.Threading.RateLimiting;

namespace Scoring.Server.Access;

/// <summary>How a key is used at this server: when it was used last, and how much is left of what may be asked for with it.</summary>
internal sealed class KeyUse
{
    private const int BytesPerPermit = 1_024;
    private const int MillisecondsBetweenNotes = 30_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TokenBucketRateLimiter? _calls;
    private readonly TokenBucketRateLimiter? _events;
    private readonly TokenBucketRateLimiter? _bytes;
    private readonly ConcurrencyLimiter? _streams;
    private readonly Lock _writes = new();
    private long _noted = -MillisecondsBetweenNotes;
    private long _lastUsed;
    private long _lastSaved;

    /// <param name="key">The key.</param>
    /// <param name="options">How large a call may be: one as large as that is not refused for ever.</param>
    public KeyUse(StoredKey key, FrontOptions options)
    {
        KeyId = key.Id;
        _lastUsed = _lastSaved = key.LastUsedAt?.UtcTicks ?? 0;
        _calls = Bucket(key.CallsPerSecond, largest: 1);
        _events = Bucket(key.EventsPerSecond, options.MaxBatch);
        _bytes = Bucket(PermitsOf(key.BytesPerSecond), PermitsOf(options.MaxMessageBytes));
        _streams = key.ConcurrentStreams > 0 ? new(new() { PermitLimit = key.ConcurrentStreams }) : null;
    }

    /// <summary>The key's id.</summary>
    public string KeyId { get; }

    /// <summary>When it was used last, to a minute.</summary>
    public DateTimeOffset LastUsedAt => new(Volatile.Read(ref _lastUsed), TimeSpan.Zero);

    /// <summary>Whether it was used since this was asked last.</summary>
    public bool TakeNews()
    {
        var used = Volatile.Read(ref _lastUsed);
        return Interlocked.Exchange(ref _lastSaved, used) < used;
    }

    /// <summary>Takes a call; false, with when to try again, when that is one too many.</summary>
    public bool TryCall(TimeProvider time, out TimeSpan retryAfter)
    {
        // The time of day costs more than to see that there is nothing to note.
        var tick = Environment.TickCount64;
        if (tick - Volatile.Read(ref _noted) >= MillisecondsBetweenNotes)
        {
            Volatile.Write(ref _noted, tick);
            Volatile.Write(ref _lastUsed, time.GetUtcNow().UtcTicks);
        }
        return TryTake(_calls, 1, out retryAfter);
    }

    /// <summary>Takes what a call writes; false, with when to try again, when that is too much.</summary>
    public bool TryWrite(int elements, int bytes, out TimeSpan retryAfter)
    {
        if (_events is null || _bytes is null)
        {
            return TryTake(_events, elements, out retryAfter) && TryTake(_bytes, PermitsOf(bytes), out retryAfter);
        }
        lock (_writes)
        {
            // First what is short, if anything is: nothing can be given back of the other.
            _events.TryReplenish();
            return _events.GetStatistics()!.CurrentAvailablePermits >= elements
                ? TryTake(_bytes, PermitsOf(bytes), out retryAfter) && TryTake(_events, elements, out retryAfter)
                : TryTake(_events, elements, out retryAfter) && TryTake(_bytes, PermitsOf(bytes), out retryAfter);
        }
    }

    /// <summary>Takes a stream, until the answer is disposed of.</summary>
    /// <param name="isTaken">False when there are as many as there may be.</param>
    public IDisposable? TryStream(out bool isTaken)
    {
        var lease = _streams?.AttemptAcquire();
        isTaken = lease is null or { IsAcquired: true };
        return lease;
    }

    private static bool TryTake(TokenBucketRateLimiter? limiter, int permits, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (limiter is null)
        {
            return true;
        }
        limiter.TryReplenish();
        using var lease = limiter.AttemptAcquire(permits);
        if (!lease.IsAcquired)
        {
            retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Second;
        }
        return lease.IsAcquired;
    }

    /// <summary>As many as come together in a second, or in one call, are taken at once; then so many a second.</summary>
    private static TokenBucketRateLimiter? Bucket(int perSecond, int largest)
    {
        if (perSecond == 0)
        {
            return null;
        }
        var atOnce = Math.Max(1, perSecond / 10);
        return new(
            new()
            {
                TokenLimit = Math.Max(perSecond, largest),
                TokensPerPeriod = atOnce,
                ReplenishmentPeriod = Second * atOnce / perSecond,
                // When it is asked: a timer would outlive the key.
                AutoReplenishment = false,
            }
        );
    }

    private static int PermitsOf(long bytes) =>
        (int)Math.Min(int.MaxValue, (bytes + BytesPerPermit - 1) / BytesPerPermit);
}
