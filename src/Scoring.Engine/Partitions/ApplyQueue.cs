using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Partitions;

/// <summary>Applies the committed entries of one partition in their order and answers the calls behind them. Whoever has a thread to spare drives it.</summary>
/// <param name="partition">The partition.</param>
/// <param name="applied">Told what became of the commands of an entry, one after the other.</param>
/// <param name="failed">Told when an entry could not be applied, which is the last.</param>
internal sealed class ApplyQueue(
    Partition partition,
    Action<List<WritePart>, List<CommandOutcome>> applied,
    Action<Exception> failed
)
{
    private readonly object _gate = new();
    private readonly Queue<JournalEntry> _entries = new();
    private readonly List<CommandOutcome> _outcomes = [];
    private readonly List<CommandOutcome> _outcomesHere = [];
    private Exception? _failure;
    private bool _busy;

    public Partition Partition => partition;

    /// <summary>Takes an entry over, which is disposed of once it is applied.</summary>
    /// <returns>Whether somebody must now be found to <see cref="Run"/> it.</returns>
    public bool Post(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                FailCalls(entry, _failure);
                return false;
            }
            _entries.Enqueue(entry);
            var wasIdle = !_busy;
            _busy = true;
            return wasIdle;
        }
    }

    /// <summary>Applies an entry on the thread of the caller, who is the one that posts, if nothing is before it and nobody is in the partition.</summary>
    /// <returns>Whether the entry was taken over; its calls that are answered by it wait in <see cref="WriteAnswers"/>.</returns>
    public bool TryApplyHere(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_busy || _failure is not null)
            {
                return false;
            }
        }
        try
        {
            if (!partition.TryApply(entry.Number, entry.Content, _outcomesHere))
            {
                return false;
            }
        }
        catch (Exception e)
        {
            Fail(entry, e);
            entry.Dispose();
            return true;
        }
        Applied(entry, _outcomesHere);
        return true;
    }

    /// <summary>Applies entries of about so many bytes. To be called by one thread at a time, after <see cref="Post"/> or this asked for it.</summary>
    /// <returns>Whether it must be called again, for there may be more.</returns>
    public bool Run(int bytes)
    {
        for (var left = bytes; Next() is { } entry; )
        {
            left -= entry.Content.Length;
            try
            {
                partition.Apply(entry.Number, entry.Content, _outcomes);
            }
            catch (Exception e)
            {
                // Whatever it is, memory and log have parted: the engine must stop, not the process.
                Fail(entry, e);
                entry.Dispose();
                return false;
            }
            Applied(entry, _outcomes);
            WriteAnswers.Shared.Begin();
            if (left <= 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Waits until everything posted has been applied.</summary>
    public void WaitUntilIdle()
    {
        lock (_gate)
        {
            while (_busy)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Applied(JournalEntry entry, List<CommandOutcome> outcomes)
    {
        applied(entry.Parts, outcomes);
        outcomes.Clear();
        entry.Dispose();
    }

    private JournalEntry? Next()
    {
        lock (_gate)
        {
            if (_entries.TryDequeue(out var entry))
            {
                return entry;
            }
            _busy = false;
            Monitor.PulseAll(_gate);
            return null;
        }
    }

    private void Fail(JournalEntry entry, Exception error)
    {
        failed(error);
        lock (_gate)
        {
            _failure = StoreErrors.RestartNeeded("this write was stored but could not be applied", error);
            _busy = false;
            FailCalls(entry, _failure);
            while (_entries.TryDequeue(out var waiting))
            {
                FailCalls(waiting, _failure);
            }
            Monitor.PulseAll(_gate);
        }
    }

    private static void FailCalls(JournalEntry entry, Exception error) =>
        entry.Parts.ForEach(part => part.Call.Fail(error));
}
