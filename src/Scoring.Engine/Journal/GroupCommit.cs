using Scoring.Core;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>
/// Appends everything that waits, of all partitions that are open, as one frame, and hands the entries to the partitions, which apply them while the next
/// frame is composed and written. One thread drives it, step by step.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="queue">What waits.</param>
/// <param name="partitions">The partitions that are open.</param>
/// <param name="options">The engine's options.</param>
/// <param name="metrics">Where to report.</param>
/// <param name="engineLog">Where to tell the operator.</param>
/// <param name="watcher">Who must hear of what happens.</param>
internal sealed class GroupCommit(
    IPartitionLog log,
    WriteQueue queue,
    OpenPartitions partitions,
    EngineOptions options,
    EngineMetrics metrics,
    EngineLog engineLog,
    ICommitWatcher watcher
)
{
    private const long GroupBytes = 4 << 20;

    // About a hundred events, applied in less time than a commit takes.
    private const long ShortFrameBytes = 16 << 10;

    private readonly FrameComposer _composer = new(
        partitions.Count,
        partition => partitions.FindTaken(partition)?.Outcomes ?? OutcomeMark.None
    );
    private readonly List<WriteCall> _group = [];
    private readonly List<ApplyQueue> _ready = [];
    private readonly long[] _newest = new long[partitions.Count];
    private JournalFrame? _inDoubt;
    private long _inDoubtSince;
    private volatile bool _aborting;

    /// <summary>Says how far the log of a partition reaches of which nothing waits.</summary>
    public void StartAt(int partition, long newest) => Volatile.Write(ref _newest[partition], newest);

    /// <summary>Writes nothing more: memory and log have parted.</summary>
    public void Abort()
    {
        _aborting = true;
        queue.Wake();
    }

    /// <summary>Commits what waits; may wait for something to come.</summary>
    /// <param name="wait">Whether to wait.</param>
    /// <returns>Whether there was anything.</returns>
    public bool Step(bool wait)
    {
        _group.Clear();
        queue.Take(_group, GroupBytes, wait);
        if (_aborting || (_inDoubt is { } doubtful && !TrySettle(doubtful)))
        {
            DropGroup(queue.Refusal ?? StoreErrors.Unavailable());
        }
        else if (_group.Count > 0)
        {
            CommitGroup();
        }
        return _group.Count > 0;
    }

    /// <summary>Answers all who wait, after a fault of the program.</summary>
    public void Break(ScoringException error)
    {
        _aborting = true;
        queue.Close(error);
        FailGroup(error);
        do
        {
            _group.Clear();
            queue.Take(_group, GroupBytes, wait: false);
            FailGroup(error);
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
        var started = options.TimeProvider.GetTimestamp();
        IReadOnlyList<int> fenced;
        try
        {
            fenced = log.Append(frame);
        }
        catch (StoreFailure e)
        {
            Refuse(frame, e);
            return;
        }
        metrics.Committed(options.TimeProvider.GetElapsedTime(started), frame.BlockBytes);
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
                isLost |= partitions.FindTaken(part.Partition) is null;
            }
            if (isLost)
            {
                call.Fail(Moved());
                call.Drop(part => partitions.FindTaken(part.Partition) is null, queue.Release);
            }
        }
    }

    private void HandOver(JournalFrame frame, IReadOnlyList<int> fenced)
    {
        watcher.Committed(frame.BlockBytes);
        foreach (var partition in fenced)
        {
            watcher.Fenced(partition);
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
            if (!partitions.TryApply(entry, isShort, _ready))
            {
                // A checkpoint found meanwhile that somebody else has claimed it, who reads what was appended.
                Drop(entry, Moved());
            }
        }
        partitions.Run(_ready);
        frame.Dispose();
        WriteAnswers.Shared.Begin();
    }

    /// <summary>Answers calls whose frame could not be written; unless the store was just full, nothing more is taken before it works again.</summary>
    private void Refuse(JournalFrame frame, StoreFailure failure)
    {
        if (failure.IsFull)
        {
            engineLog.StoreFull(failure);
            FailGroup(StoreErrors.Full(failure));
            watcher.Full();
            Drop(frame);
        }
        else
        {
            engineLog.StoreFailed(failure);
            (_inDoubt, _inDoubtSince) = (frame, options.TimeProvider.GetTimestamp());
            queue.Refuse(StoreErrors.Unavailable(failure));
            queue.Wake();
        }
    }

    private bool TrySettle(JournalFrame doubtful)
    {
        try
        {
            if (log.Settle(doubtful) is { } fenced)
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
            engineLog.StoreFailed(e);
            if (options.TimeProvider.GetElapsedTime(_inDoubtSince) >= options.DoubtPatience)
            {
                FailCalls(doubtful, StoreErrors.Unavailable(e));
            }
            watcher.WakeSoon();
            return false;
        }
        _inDoubt = null;
        engineLog.StoreRecovered();
        queue.Refuse(refusal: null);
        return true;
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
            entry.Parts.ForEach(queue.Release);
            entry.Dispose();
        }
        frame.Dispose();
    }

    private void Drop(JournalEntry entry, ScoringException error)
    {
        foreach (var part in entry.Parts)
        {
            part.Call.Fail(error);
            queue.Release(part);
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
                queue.Release(part);
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
