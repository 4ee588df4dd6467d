using Scoring.Core;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>
/// The one thread that journals: it takes everything that waits, commits it as one frame, and hands the entries to the partitions, which apply them
/// while the next frame is composed and written.
/// </summary>
internal sealed class JournalWriter
{
    private const long GroupBytes = 4 << 20;

    // About a hundred events, applied in less time than a commit takes.
    private const long ShortFrameBytes = 16 << 10;
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);

    private readonly IPartitionLog _journal;
    private readonly StoreLoop _store;
    private readonly WriteQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly IReadOnlyList<ApplyLoop> _loops;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _log;
    private readonly Thread _thread;
    private readonly ITimer _reopenTimer;
    private readonly FrameComposer _composer;
    private readonly List<WriteCall> _group = [];
    private readonly long[] _handedOver;
    private JournalFrame? _inDoubt;
    private volatile bool _stopping;
    private volatile bool _aborting;

    public JournalWriter(
        IPartitionLog journal,
        StoreLoop store,
        WriteQueue queue,
        Checkpointer checkpointer,
        IReadOnlyList<Partition> partitions,
        IReadOnlyList<ApplyLoop> loops,
        EngineOptions options,
        EngineMetrics metrics,
        EngineLog log
    )
    {
        (_journal, _store, _queue, _checkpointer) = (journal, store, queue, checkpointer);
        (_loops, _options, _metrics, _log) = (loops, options, metrics, log);
        _composer = new FrameComposer(partitions.Count, partition => partitions[partition].Outcomes);
        _handedOver = [.. partitions.Select(p => p.AppliedEntry)];
        _reopenTimer = options.TimeProvider.CreateTimer(
            _ => queue.Wake(),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _thread = new Thread(Run) { Name = "scoring journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Commits what waits and ends. The queue must refuse calls already.</summary>
    public void Stop()
    {
        _stopping = true;
        _queue.Wake();
        _thread.Join();
        _reopenTimer.Dispose();
    }

    /// <summary>Writes nothing more: memory and journal have parted.</summary>
    public void Abort()
    {
        _aborting = true;
        _queue.Wake();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _group.Clear();
                _queue.Take(_group, GroupBytes, wait: !_stopping);
                if (_stopping && _group.Count == 0)
                {
                    return;
                }
                Step();
            }
        }
        catch (Exception e)
        {
            // A fault of the program: answer those who wait, and be seen as unhealthy.
            Break(e);
        }
    }

    private void Step()
    {
        if (_aborting || (_inDoubt is { } doubtful && !TrySettle(doubtful)))
        {
            DropGroup(_queue.Refusal ?? StoreErrors.Unavailable());
        }
        else if (_group.Count > 0)
        {
            CommitGroup();
        }
    }

    private void CommitGroup()
    {
        var frame = _composer.Compose(_group, _handedOver);
        foreach (var call in _group)
        {
            call.Release();
        }
        var started = _options.TimeProvider.GetTimestamp();
        try
        {
            _journal.Append(frame);
        }
        catch (StoreFailure e)
        {
            Refuse(frame, e);
            return;
        }
        _metrics.Committed(_options.TimeProvider.GetElapsedTime(started), frame.BlockBytes);
        HandOver(frame);
    }

    private void HandOver(JournalFrame frame)
    {
        _checkpointer.Journalled(frame.BlockBytes);
        var isShort = frame.BlockBytes <= ShortFrameBytes;
        foreach (var entry in frame.Entries)
        {
            _handedOver[entry.Partition] = entry.Number;
            // To apply few events takes less than to wake the partition's thread for them.
            if (!isShort || !_loops[entry.Partition].TryApplyHere(entry))
            {
                _loops[entry.Partition].Post(entry);
            }
        }
        frame.Dispose();
        WriteAnswers.Shared.Begin();
    }

    /// <summary>Answers calls whose frame could not be written; unless the disk was just full, nothing more is taken before it works again.</summary>
    private void Refuse(JournalFrame frame, StoreFailure failure)
    {
        if (failure.IsFull)
        {
            _log.StoreFull(failure);
            FailGroup(StoreErrors.Full(failure));
            // A checkpoint makes journal needless, which may be written over then.
            _checkpointer.Nudge();
            _store.Wake();
            Drop(frame);
        }
        else
        {
            _log.StoreFailed(failure);
            _inDoubt = frame;
            _queue.Refuse(StoreErrors.Unavailable(failure));
            FailGroup(StoreErrors.Unavailable(failure));
            _queue.Wake();
        }
    }

    /// <summary>Gives up a frame of which nothing is in the journal.</summary>
    private void Drop(JournalFrame frame)
    {
        foreach (var entry in frame.Entries)
        {
            entry.Parts.ForEach(_queue.Release);
            entry.Dispose();
        }
        frame.Dispose();
    }

    private bool TrySettle(JournalFrame doubtful)
    {
        try
        {
            if (_journal.Settle(doubtful) is null)
            {
                Drop(doubtful);
            }
            else
            {
                HandOver(doubtful);
            }
        }
        catch (StoreFailure e)
        {
            _log.StoreFailed(e);
            _reopenTimer.Change(ReopenDelay, Timeout.InfiniteTimeSpan);
            return false;
        }
        _inDoubt = null;
        _log.StoreRecovered();
        _queue.Refuse(refusal: null);
        return true;
    }

    private void FailGroup(ScoringException error) => _group.ForEach(call => call.Fail(error));

    /// <summary>Answers calls of which no entry was made.</summary>
    private void DropGroup(ScoringException error)
    {
        FailGroup(error);
        foreach (var call in _group)
        {
            foreach (var part in call.Parts)
            {
                _queue.Release(part);
            }
            call.Release();
        }
    }

    private void Break(Exception error)
    {
        _log.EngineBroken(error);
        _aborting = true;
        _store.Abort();
        var unavailable = StoreErrors.Unavailable(error);
        _queue.Close(unavailable);
        FailGroup(unavailable);
        do
        {
            _group.Clear();
            _queue.Take(_group, GroupBytes, wait: false);
            FailGroup(unavailable);
        } while (_group.Count > 0);
    }
}
