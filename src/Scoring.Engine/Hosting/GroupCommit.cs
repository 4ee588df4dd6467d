using Scoring.Core;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <summary>
/// Appends everything that waits, of all partitions that are open, as one frame, and hands the entries to the partitions, which apply them while the next
/// frame is composed and written. A thread of its own does it.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private const long GroupBytes = 4 << 20;

    // About a hundred events, applied in less time than a commit takes.
    private const long ShortFrameBytes = 16 << 10;
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);

    private readonly IPartitionLog _log;
    private readonly WriteQueue _queue;
    private readonly OpenPartitions _partitions;
    private readonly Checkpointer _checkpointer;
    private readonly Action<int> _fenced;
    private readonly Action _failed;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _engineLog;
    private readonly Thread _thread;
    private readonly ITimer _wakeTimer;
    private readonly FrameComposer _composer;
    private readonly List<WriteCall> _group = [];
    private readonly List<ApplyQueue> _ready = [];
    private readonly long[] _newest;
    private JournalFrame? _inDoubt;
    private long _inDoubtSince;
    private volatile bool _aborting;
    private volatile bool _stopping;

    /// <param name="log">The log.</param>
    /// <param name="queue">What waits.</param>
    /// <param name="partitions">The partitions that are open.</param>
    /// <param name="checkpointer">Is told what was appended, and when there is no room: a checkpoint makes log needless.</param>
    /// <param name="fenced">Told of a partition that somebody else has taken over.</param>
    /// <param name="failed">Told when memory and log have parted, so that nothing may be written any more.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="metrics">Where to report.</param>
    /// <param name="engineLog">Where to tell the operator.</param>
    public GroupCommit(
        IPartitionLog log,
        WriteQueue queue,
        OpenPartitions partitions,
        Checkpointer checkpointer,
        Action<int> fenced,
        Action failed,
        EngineOptions options,
        EngineMetrics metrics,
        EngineLog engineLog
    )
    {
        (_log, _queue, _partitions, _checkpointer) = (log, queue, partitions, checkpointer);
        (_fenced, _failed) = (fenced, failed);
        (_options, _metrics, _engineLog) = (options, metrics, engineLog);
        _newest = new long[partitions.Count];
        _composer = new(partitions.Count, partition => partitions.FindTaken(partition)?.Outcomes ?? OutcomeMark.None);
        _wakeTimer = options.TimeProvider.CreateTimer(
            _ => queue.Wake(),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _thread = new Thread(Run) { Name = "scoring commit", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Takes no writes for a partition yet but appends to its log, of which nothing waits: it is being taken over.</summary>
    public void Take(Partition partition)
    {
        Volatile.Write(ref _newest[partition.Index], partition.AppliedEntry);
        _partitions.Take(new ApplyQueue(partition, Applied, ApplyFailed));
    }

    /// <summary>Takes writes for a partition, of which nothing waits.</summary>
    public void Open(Partition partition)
    {
        Volatile.Write(ref _newest[partition.Index], partition.AppliedEntry);
        _partitions.Open(new ApplyQueue(partition, Applied, ApplyFailed));
        _queue.Open(partition.Index);
    }

    /// <summary>Writes nothing more: memory and store have parted.</summary>
    /// <param name="reason">What callers are told.</param>
    public void Abort(ScoringException reason)
    {
        _queue.Close(reason);
        _aborting = true;
        _queue.Wake();
    }

    /// <summary>Commits what waits, of which nothing more comes, has it applied, and ends the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _queue.Wake();
        _thread.Join();
        _wakeTimer.Dispose();
        _partitions.End();
    }

    private void Run()
    {
        try
        {
            while (Step(wait: !_stopping) || !_stopping) { }
        }
        catch (Exception e)
        {
            // A fault of the program: answer those who wait, and be seen as unhealthy.
            _engineLog.EngineBroken(e);
            _failed();
            Break(StoreErrors.Unavailable(e));
        }
    }

    /// <summary>Commits what waits; may wait for something to come.</summary>
    /// <returns>Whether there was anything.</returns>
    private bool Step(bool wait)
    {
        _group.Clear();
        _queue.Take(_group, GroupBytes, wait);
        if (_aborting || (_inDoubt is { } doubtful && !TrySettle(doubtful)))
        {
            DropGroup(_queue.Refusal ?? StoreErrors.Unavailable());
        }
        else if (_group.Count > 0)
        {
            CommitGroup();
        }
        return _group.Count > 0;
    }

    /// <summary>Answers all who wait, after a fault of the program.</summary>
    private void Break(ScoringException error)
    {
        Abort(error);
        do
        {
            FailGroup(error);
            _group.Clear();
            _queue.Take(_group, GroupBytes, wait: false);
        } while (_group.Count > 0);
    }

    private void CommitGroup()
    {
        LeaveOutLost();
        var frame = _composer.Compose(_group, _newest);
        foreach (var call in _group)
        {
            call.Release();
        }
        var started = _options.TimeProvider.GetTimestamp();
        IReadOnlyList<int> fenced;
        try
        {
            fenced = _log.Append(frame);
        }
        catch (StoreFailure e)
        {
            Refuse(frame, e);
            return;
        }
        _metrics.Committed(_options.TimeProvider.GetElapsedTime(started), frame.BlockBytes);
        HandOver(frame, fenced);
    }

    /// <summary>Answers calls that wait for a partition that was lost since they came.</summary>
    private void LeaveOutLost()
    {
        foreach (var call in _group)
        {
            var isLost = false;
            foreach (var part in call.Parts)
            {
                isLost |= _partitions.FindTaken(part.Partition) is null;
            }
            if (isLost)
            {
                call.Fail(Moved());
                call.Drop(part => _partitions.FindTaken(part.Partition) is null, _queue.Release);
            }
        }
    }

    private void HandOver(JournalFrame frame, IReadOnlyList<int> fenced)
    {
        _checkpointer.Journalled(frame.BlockBytes);
        foreach (var partition in fenced)
        {
            _fenced(partition);
        }
        var isShort = frame.BlockBytes <= ShortFrameBytes;
        foreach (var entry in frame.Entries)
        {
            if (fenced.Contains(entry.Partition))
            {
                Drop(entry, Moved());
                continue;
            }
            _newest[entry.Partition] = entry.Number;
            // To apply few events takes less than to wake a thread for them.
            if (!_partitions.TryApply(entry, isShort, _ready))
            {
                // A checkpoint found meanwhile that somebody else has claimed it, who reads what was appended.
                Drop(entry, Moved());
            }
        }
        _partitions.Run(_ready);
        frame.Dispose();
        WriteAnswers.Shared.Begin();
    }

    /// <summary>Answers calls whose frame could not be written; unless the store was just full, nothing more is taken before it works again.</summary>
    private void Refuse(JournalFrame frame, StoreFailure failure)
    {
        if (failure.IsFull)
        {
            _engineLog.StoreFull(failure);
            FailGroup(StoreErrors.Full(failure));
            _checkpointer.Nudge();
            Drop(frame);
        }
        else
        {
            _engineLog.StoreFailed(failure);
            (_inDoubt, _inDoubtSince) = (frame, _options.TimeProvider.GetTimestamp());
            _queue.Refuse(StoreErrors.Unavailable(failure));
            _queue.Wake();
        }
    }

    private bool TrySettle(JournalFrame doubtful)
    {
        try
        {
            if (_log.Settle(doubtful) is { } fenced)
            {
                HandOver(doubtful, fenced);
            }
            else
            {
                FailCalls(doubtful, StoreErrors.Unavailable());
                Drop(doubtful);
            }
        }
        catch (StoreFailure e)
        {
            _engineLog.StoreFailed(e);
            if (_options.TimeProvider.GetElapsedTime(_inDoubtSince) >= _options.DoubtPatience)
            {
                FailCalls(doubtful, StoreErrors.Unavailable(e));
            }
            _wakeTimer.Change(ReopenDelay, Timeout.InfiniteTimeSpan);
            return false;
        }
        _inDoubt = null;
        _engineLog.StoreRecovered();
        _queue.Refuse(refusal: null);
        return true;
    }

    private void Applied(WritePart part, CommandOutcome outcome)
    {
        if (part.Kind == CommandKind.RecordEvents)
        {
            _metrics.Recorded(outcome.Accepted, outcome.Duplicates, outcome.Rejections.Count);
        }
        _queue.Release(part);
        part.Call.Applied(outcome);
    }

    private void ApplyFailed(Exception error)
    {
        _engineLog.EngineBroken(error);
        Abort(StoreErrors.RestartNeeded("a write was stored but could not be applied", error));
        _failed();
    }

    private static void FailCalls(JournalFrame frame, ScoringException error)
    {
        foreach (var entry in frame.Entries)
        {
            entry.Parts.ForEach(part => part.Call.Fail(error));
        }
    }

    /// <summary>Gives up a frame of which nothing is in the log.</summary>
    private void Drop(JournalFrame frame)
    {
        foreach (var entry in frame.Entries)
        {
            entry.Parts.ForEach(_queue.Release);
            entry.Dispose();
        }
        frame.Dispose();
    }

    private void Drop(JournalEntry entry, ScoringException error)
    {
        foreach (var part in entry.Parts)
        {
            part.Call.Fail(error);
            _queue.Release(part);
        }
        entry.Dispose();
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

    private static ScoringException Moved() =>
        new(
            ScoringError.Unavailable,
            "Another server took over what this write is for, and not all of it was taken. Retry with the same event ids."
        )
        {
            RetryAfter = TimeSpan.FromMilliseconds(Random.Shared.Next(50, 200)),
        };
}
