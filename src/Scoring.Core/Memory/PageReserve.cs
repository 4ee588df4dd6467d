namespace Scoring.Core.Memory;

/// <summary>A few pages that may be written to at once, made ready by a thread of their own.</summary>
/// <remarks>
/// The system clears a page when it is touched first, and a virtual machine may have to get the memory from its host by then: 0.2 to 6 ms
/// for 2 MiB, which would be spent in the middle of a write while readers wait. Thread safe.
/// </remarks>
/// <param name="makeReady">Makes a page; <see cref="InvalidOperationException"/> when the system has none.</param>
internal sealed class PageReserve(Func<nint> makeReady)
{
    private readonly object _sync = new();
    private readonly Queue<nint> _ready = [];
    private Thread? _thread;
    private int _missing;

    /// <summary>Takes a page; false when none is ready.</summary>
    public bool TryTake(out nint page)
    {
        lock (_sync)
        {
            return _ready.TryDequeue(out page);
        }
    }

    /// <summary>Keeps a page that was in use, whatever is in it, in the place of one that is missing; false when none is.</summary>
    public bool TryGiveBack(nint page)
    {
        lock (_sync)
        {
            if (_missing == 0)
            {
                return false;
            }
            _ready.Enqueue(page);
            _missing--;
            return true;
        }
    }

    /// <summary>Has pages be made until so many are ready, without waiting for them. To be called again after some were taken.</summary>
    public void FillTo(int pages)
    {
        lock (_sync)
        {
            _missing = Math.Max(0, pages - _ready.Count);
            if (_missing == 0)
            {
                return;
            }
            if (_thread is null)
            {
                _thread = new Thread(Fill) { Name = "scoring pages", IsBackground = true };
                _thread.Start();
            }
            Monitor.Pulse(_sync);
        }
    }

    private void Fill()
    {
        while (true)
        {
            lock (_sync)
            {
                while (_missing == 0)
                {
                    Monitor.Wait(_sync);
                }
            }
            nint? page = null;
            try
            {
                page = makeReady();
            }
            catch (InvalidOperationException)
            {
                // Whoever needs a page asks the system itself, and is told.
            }
            lock (_sync)
            {
                if (page is { } ready)
                {
                    _ready.Enqueue(ready);
                }
                _missing = page is null ? 0 : Math.Max(0, _missing - 1);
            }
        }
    }
}
