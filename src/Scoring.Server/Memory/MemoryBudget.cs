namespace Scoring.Server.Memory;

/// <summary>The one budget of all memory that callers make the server hold: requests that arrive, what is made of them, answers that are not read yet, streams.</summary>
/// <remarks>
/// Connections take from it (<see cref="ConnectionMemory"/>), in steps, so that calls do not meet here. A quarter is left for what every call needs at least: requests
/// and answers that are large never take it, and so keep no small call out.
/// </remarks>
internal sealed class MemoryBudget : IDisposable
{
    private const int LeastMessagesOfConnection = 5;

    /// <summary>After a peak it is waited so long for the next one.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>Memory is given back at most so often: it takes the time of a whole collection of garbage.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Timer _afterPeak;
    private long _taken;
    private long _refused;
    private long _overfull;
    private volatile bool _hasPeaked;
    private volatile bool _isDisposed;
    private long _gaveBack;

    public MemoryBudget(FrontOptions options)
    {
        _afterPeak = new Timer(_ => GiveBack());
        _gaveBack = Environment.TickCount64 - (long)Pause.TotalMilliseconds;
        Limit =
            options.CallMemory
            ?? Math.Max(
                GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4,
                (long)FrontOptions.LeastMessages * options.MaxMessageBytes
            );
        LimitOfConnection = Math.Max(Limit / 4, (long)LeastMessagesOfConnection * options.MaxMessageBytes);
    }

    /// <summary>Most bytes.</summary>
    public long Limit { get; }

    /// <summary>Most bytes of one connection.</summary>
    public long LimitOfConnection { get; }

    private long High => Limit / 4;

    private long Low => Limit / 8;

    /// <summary>Bytes that are taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether more is taken than may be, and not only by a little: what arrives unasked is counted and cannot be refused.</summary>
    public bool IsOverrun => Taken > Limit + (Limit / 4);

    /// <summary>How many calls were refused.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>How many connections were closed because they held too much.</summary>
    public long Overfull => Volatile.Read(ref _overfull);

    /// <summary>Takes bytes if there are so many.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isLeast">Whether they are what every call needs at least.</param>
    public bool TryTake(long bytes, bool isLeast)
    {
        if (Add(bytes) <= (isLeast ? Limit : Limit - (Limit / 4)))
        {
            return true;
        }
        Return(bytes);
        return false;
    }

    /// <summary>Takes bytes that are held already.</summary>
    public void Take(long bytes) => Add(bytes);

    public void Return(long bytes)
    {
        if (Interlocked.Add(ref _taken, -bytes) < Low && _hasPeaked && !_isDisposed)
        {
            _hasPeaked = false;
            var since = Environment.TickCount64 - Volatile.Read(ref _gaveBack);
            _afterPeak.Change(
                Math.Max(Rest.Ticks, (Pause - TimeSpan.FromMilliseconds(since)).Ticks) / TimeSpan.TicksPerMillisecond,
                Timeout.Infinite
            );
        }
    }

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountOverfull() => Interlocked.Increment(ref _overfull);

    public void Dispose()
    {
        _isDisposed = true;
        _afterPeak.Dispose();
    }

    private long Add(long bytes)
    {
        var taken = Interlocked.Add(ref _taken, bytes);
        if (taken > High && !_hasPeaked)
        {
            _hasPeaked = true;
        }
        return taken;
    }

    /// <summary>Gives the system back what a peak has left. A server at rest collects no garbage by itself.</summary>
    private void GiveBack()
    {
        if (Taken < Low)
        {
            Volatile.Write(ref _gaveBack, Environment.TickCount64);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        else
        {
            _hasPeaked = true;
        }
    }
}
