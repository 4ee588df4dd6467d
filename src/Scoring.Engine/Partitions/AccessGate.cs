namespace Scoring.Engine.Partitions;

/// <summary>Who may look at the memory of a partition: many readers at once, or the one that changes it.</summary>
/// <remarks>
/// <para>
/// Whoever changes much does so in slices of some microseconds and gives way between them, so a reader waits for one slice at most. A
/// reader that comes while others read waits for nobody, whether a writer waits or not; only scans, which take long, let a waiting writer
/// go first. A writer that has waited for very long bars new readers, so it cannot starve.
/// </para>
/// <para>Readers of several partitions enter in rising order; a writer never enters two.</para>
/// </remarks>
/// <param name="patience">How long a writer waits before it bars new readers; 100 ms when null.</param>
internal sealed class AccessGate(TimeSpan? patience = null)
{
    private const int Spins = 50;
    private const int IterationsPerSpin = 20;

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromMilliseconds(100);
    private readonly object _sync = new();

    // Readers that have come and are not in yet. Raised without the lock, so that a writer sees them at once.
    private int _coming;
    private int _reading;
    private int _scanning;
    private volatile bool _writing;
    private volatile bool _writerWaits;
    private volatile bool _barred;

    /// <summary>Enters beside other readers.</summary>
    /// <param name="scans">Whether for milliseconds, rather than a moment.</param>
    public void EnterToRead(bool scans = false)
    {
        if (scans)
        {
            lock (_sync)
            {
                while (_scanning > 0 && _writerWaits)
                {
                    Monitor.Wait(_sync);
                }
                _scanning++;
            }
        }
        Interlocked.Increment(ref _coming);
        for (var i = 0; i < Spins && _writing; i++)
        {
            Thread.SpinWait(IterationsPerSpin);
        }
        lock (_sync)
        {
            while (_writing || _barred)
            {
                Monitor.Wait(_sync);
            }
            _reading++;
            Interlocked.Decrement(ref _coming);
        }
    }

    /// <summary>Leaves, as it was entered.</summary>
    public void ExitFromReading(bool scans = false)
    {
        lock (_sync)
        {
            _scanning -= scans ? 1 : 0;
            _reading--;
            WakeIfFree();
        }
    }

    /// <summary>Enters alone, as soon as nobody reads or comes to read.</summary>
    public void EnterToWrite()
    {
        for (var i = 0; i < Spins && (Volatile.Read(ref _reading) > 0 || Volatile.Read(ref _coming) > 0); i++)
        {
            Thread.SpinWait(IterationsPerSpin);
        }
        lock (_sync)
        {
            while (_writing || _reading > 0 || (Volatile.Read(ref _coming) > 0 && !_barred))
            {
                _writerWaits = true;
                _barred |= !Monitor.Wait(_sync, _patience);
            }
            _writing = true;
            _writerWaits = _barred = false;
            Monitor.PulseAll(_sync);
        }
    }

    /// <summary>Enters alone if nobody is in or comes to read.</summary>
    public bool TryEnterToWrite()
    {
        lock (_sync)
        {
            if (_writing || _reading > 0 || Volatile.Read(ref _coming) > 0)
            {
                return false;
            }
            return _writing = true;
        }
    }

    /// <summary>Does something alone that takes a moment.</summary>
    public void Alone(Action action)
    {
        EnterToWrite();
        try
        {
            action();
        }
        finally
        {
            ExitFromWriting();
        }
    }

    /// <summary>Lets those in who came meanwhile. Nothing must be in pieces.</summary>
    public void GiveWay()
    {
        if (Volatile.Read(ref _coming) > 0)
        {
            ExitFromWriting();
            EnterToWrite();
        }
    }

    public void ExitFromWriting()
    {
        lock (_sync)
        {
            _writing = false;
            Monitor.PulseAll(_sync);
        }
    }

    /// <summary>Turns the reader that is in into one that is in alone, which others may have been before it.</summary>
    public void ChangeToWriting()
    {
        Interlocked.Increment(ref _coming);
        lock (_sync)
        {
            _reading--;
            WakeIfFree();
            while (_writing || _reading > 0)
            {
                Monitor.Wait(_sync);
            }
            _writing = true;
            Interlocked.Decrement(ref _coming);
        }
    }

    /// <summary>Turns the one that is in alone into a reader.</summary>
    public void ChangeToReading()
    {
        lock (_sync)
        {
            _writing = false;
            _reading++;
            Monitor.PulseAll(_sync);
        }
    }

    private void WakeIfFree()
    {
        if (_reading == 0)
        {
            Monitor.PulseAll(_sync);
        }
    }
}
