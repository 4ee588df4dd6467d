using Scoring.Core;

namespace Scoring.Engine.Journal;

/// <summary>Calls that wait for the log, of partitions that are open. Bounded by bytes.</summary>
/// <remarks>
/// <para>Bytes count from the moment a call is taken until it is applied, so the bound holds for all memory that writes occupy.</para>
/// <para>
/// Short calls go before long ones, and each kind in the order it came. What is appended must be applied in that order, so long calls are taken only as far as
/// they are about to be applied: a short call that comes later waits for little.
/// </para>
/// </remarks>
internal sealed class WriteQueue(int partitions, long maxBytes)
{
    // Some 70 events; batches of hundreds are long.
    private const long ShortCallBytes = 4 << 10;

    // A processor applies so much in some milliseconds, which is also what a partition does. With less it often has to wait for the next commit,
    // which costs a tenth more per event.
    private const long MostAhead = 512 << 10;
    private static readonly long MostAheadInAll = MostAhead * Environment.ProcessorCount;

    private readonly object _gate = new();
    private readonly Queue<WriteCall> _short = new();
    private readonly Queue<WriteCall> _long = new();
    private readonly long[] _bytes = new long[partitions];
    private readonly bool[] _open = new bool[partitions];
    private long _allBytes;
    private readonly long[] _ahead = new long[partitions];
    private long _aheadInAll;
    private bool _isFarAhead;
    private volatile ScoringException? _refusal;
    private volatile ScoringException? _closed;
    private bool _woken;

    /// <summary>Bytes that wait or are being applied, over all partitions.</summary>
    public long Bytes => Volatile.Read(ref _allBytes);

    /// <summary>Takes calls of a partition from now on.</summary>
    public void Open(int partition)
    {
        lock (_gate)
        {
            _open[partition] = true;
        }
    }

    /// <summary>Takes no more calls of a partition; those taken go on.</summary>
    public void Close(int partition)
    {
        lock (_gate)
        {
            _open[partition] = false;
        }
    }

    /// <summary>Waits until nothing of a partition that is closed waits or is being applied.</summary>
    /// <exception cref="ScoringException">No calls are taken any more, of any partition; then it may never be.</exception>
    public void WaitUntilIdle(int partition, CancellationToken cancellationToken)
    {
        using var wake = cancellationToken.UnsafeRegister(_ => WakeAll(), state: null);
        lock (_gate)
        {
            while (_bytes[partition] > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ThrowIfClosed();
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Takes the parts of a call whose partitions are open, all of them or none; the call names the others.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.Overloaded"/>, or what <see cref="Refuse"/> said.
    /// </exception>
    public void Enqueue(WriteCall call)
    {
        lock (_gate)
        {
            ThrowIfRefusing();
            if (!call.IsTakeOver)
            {
                call.LeaveOut(_open);
            }
            if (call.Parts.Count == 0)
            {
                return;
            }
            Reserve(call);
            var isShort = call.Bytes <= ShortCallBytes;
            (isShort ? _short : _long).Enqueue(call);
            if (isShort || TakesLong)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits until there are calls to commit or <see cref="Wake"/> is called, unless it is not to wait; then takes what makes one commit.</summary>
    /// <param name="group">Gets calls of about <paramref name="maxGroupBytes"/>.</param>
    /// <param name="maxGroupBytes">When to leave the rest for the next commit.</param>
    /// <param name="wait">Whether to wait.</param>
    public void Take(List<WriteCall> group, long maxGroupBytes, bool wait)
    {
        lock (_gate)
        {
            while (wait && _short.Count == 0 && !(TakesLong && _long.Count > 0) && !_woken)
            {
                Monitor.Wait(_gate);
            }
            _woken = false;
            var bytes = 0L;
            while (bytes < maxGroupBytes && _short.TryDequeue(out var call))
            {
                group.Add(call);
                bytes += call.Bytes;
            }
            while (bytes < maxGroupBytes && TakesLong && _long.TryDequeue(out var call))
            {
                group.Add(call);
                bytes += call.Bytes;
                GoAhead(call);
            }
        }
    }

    /// <summary>Makes <see cref="Take"/> return.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Refuses every further call with an error; null takes calls again.</summary>
    public void Refuse(ScoringException? refusal) => _refusal = refusal;

    /// <summary>Refuses every further call for good; the first reason stays.</summary>
    public void Close(ScoringException reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>What calls are refused with at the moment; null when they are taken.</summary>
    public ScoringException? Refusal => _closed ?? _refusal;

    /// <summary>Gives the bytes of parts back.</summary>
    public void Release(params ReadOnlySpan<WritePart> parts)
    {
        lock (_gate)
        {
            var wakes = false;
            foreach (ref readonly var part in parts)
            {
                _allBytes -= part.Bytes;
                wakes |= (_bytes[part.Partition] -= part.Bytes) == 0 && !_open[part.Partition];
                if (part.Call.Bytes > ShortCallBytes)
                {
                    _aheadInAll -= part.Bytes;
                    _ahead[part.Partition] -= part.Bytes;
                }
            }
            if (_isFarAhead && _aheadInAll <= MostAheadInAll / 2 && _ahead.Max() <= MostAhead / 2)
            {
                _isFarAhead = false;
                wakes = true;
            }
            if (wakes)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Whether calls are refused at the moment.</summary>
    public bool IsRefusing => Refusal is not null;

    /// <exception cref="ScoringException">What calls are refused with at the moment.</exception>
    public void ThrowIfRefusing() => ThrowIf(Refusal);

    // Nothing comes behind the last calls.
    private bool TakesLong => !_isFarAhead || _closed is not null;

    private void ThrowIfClosed() => ThrowIf(_closed);

    private static void ThrowIf(ScoringException? refusal)
    {
        if (refusal is not null)
        {
            throw new ScoringException(refusal.Error, refusal.Message, refusal.InnerException)
            {
                RetryAfter = refusal.RetryAfter,
            };
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void GoAhead(WriteCall call)
    {
        _aheadInAll += call.Bytes;
        _isFarAhead |= _aheadInAll >= MostAheadInAll;
        foreach (var part in call.Parts)
        {
            _isFarAhead |= (_ahead[part.Partition] += part.Bytes) >= MostAhead;
        }
    }

    private void Reserve(WriteCall call)
    {
        // A call larger than the bound is taken by an empty queue; otherwise it could never be.
        if (_allBytes > 0 && _allBytes + call.Bytes > maxBytes)
        {
            throw Overloaded();
        }
        _allBytes += call.Bytes;
        foreach (var part in call.Parts)
        {
            _bytes[part.Partition] += part.Bytes;
        }
    }

    private static ScoringException Overloaded() =>
        new(
            ScoringError.Overloaded,
            "More writes wait than may wait at a time; nothing of this one was taken. Retry later."
        )
        {
            // Spread out, so that those refused together do not come back together.
            RetryAfter = TimeSpan.FromMilliseconds(Random.Shared.Next(100, 500)),
        };
}
