using System.Runtime.InteropServices;
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
/// <param name="log">The log.</param>
/// <param name="queue">What waits.</param>
/// <param name="partitions">The partitions that are open.</param>
/// <param name="checkpointer">Is told what was appended, and when there is no room: a checkpoint makes log needless.</param>
/// <param name="fenced">Told of a partition that somebody else has taken over.</param>
/// <param name="failed">Told when memory and log have parted, so that nothing may be written any more.</param>
/// <param name="options">The engine's options.</param>
/// <param name="metrics">Where to report.</param>
/// <param name="engineLog">Where to tell the operator.</param>
internal sealed class GroupCommit(
    IPartitionLog log,
    WriteQueue queue,
    OpenPartitions partitions,
    Checkpointer checkpointer,
    Action<int> fenced,
    Action failed,
    EngineOptions options,
    EngineMetrics metrics,
    EngineLog engineLog
) : IDisposable
{
    private const long GroupBytes = 4 << 20;

    // About a hundred events, applied in less time than a commit takes.
    private const long ShortFrameBytes = 16 << 10;
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);

    private readonly ITimer _wakeTimer = options.TimeProvider.CreateTimer(
        _ => queue.Wake(),
        state: null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan
    );
    private readonly FrameComposer _composer = new(
        partitions.Count,
        partition => partitions.FindTaken(partition)?.Outcomes ?? OutcomeMark.None
    );
    private readonly List<WriteCall> _group = [];
    private readonly List<ApplyQueue> _ready = [];
    private readonly long[] _newest = new long[partitions.Count];
    private Thread? _thread;
    private JournalFrame? _inDoubt;
    private long _inDoubtSince;
    private volatile bool _aborting;
    private volatile bool _stopping;

    public void Start()
    {
        _thread = new Thread(Run) { Name = "scoring commit", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes no writes for a partition yet but appends to its log, of which nothing waits: it is being taken over.</summary>
    public void Take(Partition partition)
    {
        Volatile.Write(ref _newest[partition.Index], partition.AppliedEntry);
        partitions.Take(new ApplyQueue(partition, Applied, ApplyFailed));
    }

    /// <summary>Takes writes for a partition, of which nothing waits.</summary>
    public void Open(Partition partition)
    {
        Volatile.Write(ref _newest[partition.Index], partition.AppliedEntry);
        partitions.Open(new ApplyQueue(partition, Applied, ApplyFailed));
        queue.Open(partition.Index);
    }

    /// <summary>Writes nothing more: memory and store have parted.</summary>
    /// <param name="reason">What callers are told.</param>
    public void Abort(ScoringException reason)
    {
        queue.Close(reason);
        _aborting = true;
        queue.Wake();
    }

    /// <summary>Commits what waits, of which nothing more comes, has it applied, and ends the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        queue.Wake();
        _thread?.Join();
        _wakeTimer.Dispose();
        partitions.End();
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
            engineLog.EngineBroken(e);
            failed();
            Break(StoreErrors.Unavailable(e));
        }
    }

    /// <summary>Commits what waits; may wait for something to come.</summary>
    /// <returns>Whether there was anything.</returns>
    private bool Step(bool wait)
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
    private void Break(ScoringException error)
    {
        Abort(error);
        do
        {
            FailGroup(error);
            _group.Clear();
            queue.Take(_group, GroupBytes, wait: false);
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
        IReadOnlyList<int> lost;
        try
        {
            lost = log.Append(frame);
        }
        catch (StoreFailure e)
        {
            Refuse(frame, e);
            return;
        }
        metrics.Committed(options.TimeProvider.GetElapsedTime(started), frame.BlockBytes);
        HandOver(frame, lost);
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
                call.Drop(part => partitions.FindTaken(part.Partition) is null, part => queue.Release(part));
            }
        }
    }

    private void HandOver(JournalFrame frame, IReadOnlyList<int> lost)
    {
        checkpointer.Journalled(frame.BlockBytes);
        foreach (var partition in lost)
        {
            fenced(partition);
        }
        var isShort = frame.BlockBytes <= ShortFrameBytes;
        foreach (var entry in frame.Entries)
        {
            if (lost.Contains(entry.Partition))
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
            checkpointer.Nudge();
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
            if (log.Settle(doubtful) is { } lost)
            {
                HandOver(doubtful, lost);
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
            _wakeTimer.Change(ReopenDelay, Timeout.InfiniteTimeSpan);
            return false;
        }
        _inDoubt = null;
        engineLog.StoreRecovered();
        queue.Refuse(refusal: null);
        return true;
    }

    /// <summary>Counts, gives back room and answers by entries rather than by calls: of many partitions each has a small part of a call.</summary>
    private void Applied(List<WritePart> parts, List<CommandOutcome> outcomes)
    {
        var (accepted, duplicates, rejected) = (0, 0, 0);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (parts[i].Kind == CommandKind.RecordEvents)
            {
                accepted += outcomes[i].Accepted;
                duplicates += outcomes[i].Duplicates;
                rejected += outcomes[i].Rejections.Count;
            }
        }
        metrics.Recorded(accepted, duplicates, rejected);
        queue.Release(CollectionsMarshal.AsSpan(parts));
        for (var i = 0; i < outcomes.Count; i++)
        {
            parts[i].Call.Applied(outcomes[i]);
        }
    }

    private void ApplyFailed(Exception error)
    {
        engineLog.EngineBroken(error);
        Abort(StoreErrors.RestartNeeded("a write was stored but could not be applied", error));
        failed();
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
            queue.Release(CollectionsMarshal.AsSpan(entry.Parts));
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
        StoreErrors.TryAgain(
            "Another server took over what this write is for, and not all of it was taken. Retry with the same event ids.",
            Random.Shared.Next(50, 200)
        );
}
