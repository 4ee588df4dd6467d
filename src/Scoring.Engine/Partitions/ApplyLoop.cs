using Scoring.Core;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <summary>Applies the committed entries of one partition in their order, on a thread of its own, and answers the calls behind them.</summary>
internal sealed class ApplyLoop
{
    private readonly Partition _partition;
    private readonly Action<WritePart, CommandOutcome> _applied;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<JournalEntry> _entries = new();
    private readonly List<CommandOutcome> _outcomesHere = [];
    private Exception? _failure;
    private bool _busy;
    private bool _ended;

    /// <param name="partition">The partition.</param>
    /// <param name="applied">Told what became of every command.</param>
    /// <param name="failed">Told when an entry could not be applied, which ends the loop.</param>
    public ApplyLoop(Partition partition, Action<WritePart, CommandOutcome> applied, Action<Exception> failed)
    {
        _partition = partition;
        _applied = applied;
        _failed = failed;
        _thread = new Thread(Run) { Name = $"scoring apply {partition.Index}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes an entry over, which is disposed of once it is applied.</summary>
    public void Post(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                FailCalls(entry, _failure);
                return;
            }
            _entries.Enqueue(entry);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Applies an entry on the thread of the caller, who is the one that posts, if nothing is before it and nobody is in the partition.</summary>
    /// <returns>Whether the entry was taken over; its calls that are answered by it wait in <see cref="WriteAnswers"/>.</returns>
    public bool TryApplyHere(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_busy || _entries.Count > 0 || _failure is not null)
            {
                return false;
            }
        }
        try
        {
            if (!_partition.TryApply(entry.Number, entry.Content, _outcomesHere))
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

    /// <summary>Waits until everything posted has been applied.</summary>
    public void WaitUntilIdle()
    {
        lock (_gate)
        {
            while ((_busy || _entries.Count > 0) && !_ended)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Ends the loop once everything posted has been applied.</summary>
    public void End()
    {
        WaitUntilIdle();
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
    }

    private void Run()
    {
        var outcomes = new List<CommandOutcome>();
        while (Next() is { } entry)
        {
            try
            {
                _partition.Apply(entry.Number, entry.Content, outcomes);
            }
            catch (Exception e)
            {
                // Whatever it is, memory and journal have parted: the engine must stop, not the process.
                Fail(entry, e);
                entry.Dispose();
                return;
            }
            Applied(entry, outcomes);
            WriteAnswers.Shared.Begin();
        }
    }

    private void Applied(JournalEntry entry, List<CommandOutcome> outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            _applied(entry.Parts[i], outcomes[i]);
        }
        outcomes.Clear();
        entry.Dispose();
    }

    private JournalEntry? Next()
    {
        lock (_gate)
        {
            _busy = false;
            Monitor.PulseAll(_gate);
            while (_entries.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }
            _busy = _entries.TryDequeue(out var entry);
            return entry;
        }
    }

    private void Fail(JournalEntry entry, Exception error)
    {
        _failed(error);
        lock (_gate)
        {
            _failure = new ScoringException(
                ScoringError.Unavailable,
                "The service must be restarted: this write was stored but could not be applied.",
                error
            );
            _ended = true;
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
