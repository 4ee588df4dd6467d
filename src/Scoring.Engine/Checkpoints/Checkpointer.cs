using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>Decides when to checkpoint and has the pieces written. Used by the store's thread, but for <see cref="Request"/>, <see cref="Journalled"/> and <see cref="Nudge"/>.</summary>
internal sealed class Checkpointer : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly OpenPartitions _partitions;
    private readonly StoreContents _contents;
    private readonly Action<int> _lost;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _log;
    private readonly Action _wake;
    private readonly ITimer _timer;
    private readonly ICheckpointStore _store;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _requests = [];
    private readonly List<TaskCompletionSource> _running = [];
    private IEnumerator<bool>? _pieces;
    private Partition? _partition;
    private PartitionCheckpoint? _current;
    private TimeSpan _retry = FirstRetry;
    private long _started;
    private long _bytes;
    private long _bytesAtStart;
    private bool _due;
    private volatile bool _retrying;
    private bool? _hasDeletionsInLog;
    private bool _disposed;

    /// <param name="partitions">The partitions that are open.</param>
    /// <param name="store">Where the blobs go.</param>
    /// <param name="contents">Where the states go.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="metrics">Where to report.</param>
    /// <param name="log">Where to tell the operator.</param>
    /// <param name="wake">Makes the store's thread look whether there is something to do.</param>
    /// <param name="lost">Told of a partition that somebody else owns.</param>
    public Checkpointer(
        OpenPartitions partitions,
        ICheckpointStore store,
        StoreContents contents,
        EngineOptions options,
        EngineMetrics metrics,
        EngineLog log,
        Action wake,
        Action<int> lost
    )
    {
        (_partitions, _contents, _lost) = (partitions, contents, lost);
        _options = options;
        _metrics = metrics;
        _log = log;
        _wake = wake;
        _store = store;
        _timer = options.TimeProvider.CreateTimer(
            _ =>
            {
                Volatile.Write(ref _due, true);
                wake();
            },
            state: null,
            options.CheckpointInterval,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Whether there is a piece to be written.</summary>
    public bool HasWork => _pieces is not null || ShouldStart;

    /// <summary>Whether somebody waits for a checkpoint, so that it should not be put off.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_gate)
            {
                return _running.Count + _requests.Count > 0;
            }
        }
    }

    /// <summary>Whether the next checkpoint is due while this one is being written, so that it should be put off less.</summary>
    public bool IsLate => JournalBytes - _bytesAtStart >= _options.CheckpointBytes;

    /// <summary>Bytes of journal that no checkpoint contains.</summary>
    public long JournalBytes => Volatile.Read(ref _bytes);

    private bool ShouldStart => Volatile.Read(ref _due) || (!_retrying && JournalBytes >= _options.CheckpointBytes);

    /// <summary>Asks for a checkpoint of everything applied so far; the task fails when it could not be written.</summary>
    public Task Request()
    {
        var request = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_disposed)
            {
                return Task.FromCanceled(new CancellationToken(canceled: true));
            }
            _requests.Add(request);
        }
        Volatile.Write(ref _due, true);
        _wake();
        return request.Task;
    }

    /// <summary>Notes bytes that were added to the journal. From any thread.</summary>
    public void Journalled(long bytes)
    {
        var after = Interlocked.Add(ref _bytes, bytes);
        if (after >= _options.CheckpointBytes && after - bytes < _options.CheckpointBytes)
        {
            _wake();
        }
    }

    /// <summary>Starts a checkpoint early, unless one has failed lately. From any thread.</summary>
    public void Nudge()
    {
        if (!_retrying)
        {
            Volatile.Write(ref _due, true);
            _wake();
        }
    }

    /// <summary>Writes the next piece; false when all are written, and <see cref="Finish"/> is to be called.</summary>
    /// <param name="log">The log, in which what a state contains must be safe before it is put.</param>
    /// <exception cref="StoreFailure">It could not be written.</exception>
    public bool Next(IPartitionLog log)
    {
        if (_pieces is null)
        {
            Start(log);
        }
        return _pieces!.MoveNext();
    }

    /// <summary>Writes all that there is to write of one partition.</summary>
    /// <exception cref="StoreFailure">It could not be written.</exception>
    public void Complete(Partition partition, IPartitionLog log)
    {
        // One may be under way that began before the newest entries.
        try
        {
            while (_partition == partition && _pieces!.MoveNext()) { }
        }
        catch (StoreFailure e)
        {
            Abandon(e);
            throw;
        }
        var checkpoint = new PartitionCheckpoint(partition, _contents.StateOf(partition.Index), _store);
        try
        {
            foreach (var state in checkpoint.Pieces())
            {
                Commit(partition, checkpoint, state, log);
            }
        }
        catch (StoreFailure e)
        {
            checkpoint.Abandon(e.IsFull);
            throw;
        }
    }

    /// <summary>Number of the newest entry that a checkpoint of a partition contains, as far as is known here.</summary>
    public long CheckpointedOf(int partition) => _contents.StateOf(partition).CheckpointEntry;

    /// <summary>Ends a checkpoint of which everything is written.</summary>
    public void Finish()
    {
        Stop(isOutcomeKnown: true);
        _retrying = false;
        _retry = FirstRetry;
        Interlocked.Add(ref _bytes, -_bytesAtStart);
        _timer.Change(_options.CheckpointInterval, Timeout.InfiniteTimeSpan);
        _metrics.Checkpointed(_options.TimeProvider.GetElapsedTime(_started));
        Answer(_running, request => request.TrySetResult());
    }

    /// <summary>Gives up a checkpoint that could not be written; it is tried again after a while.</summary>
    public void Abandon(StoreFailure failure)
    {
        Stop(isOutcomeKnown: failure.IsFull);
        _retrying = true;
        Volatile.Write(ref _due, false);
        _timer.Change(_retry, Timeout.InfiniteTimeSpan);
        _retry = TimeSpan.FromTicks(Math.Min(_retry.Ticks * 2, LongestRetry.Ticks));
        Answer(_running, request => request.TrySetException(StoreErrors.Of(failure)));
    }

    /// <summary>Answers those who still wait.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Stop(isOutcomeKnown: false);
        lock (_gate)
        {
            _disposed = true;
            _running.AddRange(_requests);
            _requests.Clear();
        }
        Answer(_running, request => request.TrySetCanceled());
    }

    private void Start(IPartitionLog log)
    {
        lock (_gate)
        {
            _running.AddRange(_requests);
            _requests.Clear();
        }
        Volatile.Write(ref _due, false);
        EraseDeleted(log);
        _started = _options.TimeProvider.GetTimestamp();
        _bytesAtStart = JournalBytes;
        _pieces = Pieces(log).GetEnumerator();
    }

    /// <summary>Has the log erase what was deleted once the checkpoint that begins has made it needless.</summary>
    private void EraseDeleted(IPartitionLog log)
    {
        _hasDeletionsInLog ??= log.MayHoldDeleted;
        foreach (var partition in _partitions.All)
        {
            lock (partition.Gate)
            {
                _hasDeletionsInLog |= partition.HasDeletionsInLog;
                partition.HasDeletionsInLog = false;
            }
        }
        if (_hasDeletionsInLog == true)
        {
            log.EraseWhenForgotten();
            _hasDeletionsInLog = false;
        }
    }

    private IEnumerable<bool> Pieces(IPartitionLog log)
    {
        foreach (var partition in _partitions.All.ToList())
        {
            // It may have been closed meanwhile, and then was checkpointed.
            if (_partitions.Find(partition.Index) != partition)
            {
                continue;
            }
            _partition = partition;
            _current = new PartitionCheckpoint(partition, _contents.StateOf(partition.Index), _store, upkeep: Upkeep);
            foreach (var state in _current.Pieces())
            {
                Commit(partition, _current, state, log);
                yield return true;
            }
            (_partition, _current) = (null, null);
        }
    }

    private void Commit(Partition partition, PartitionCheckpoint checkpoint, PartitionState? state, IPartitionLog log)
    {
        if (state is null)
        {
            return;
        }
        log.Sync();
        // One that was lost meanwhile may be here again, with another state than this checkpoint began at.
        if (_partitions.Find(partition.Index) != partition)
        {
            checkpoint.Abandon(isOutcomeKnown: true);
        }
        else if (_contents.TryCommit(partition.Index, state))
        {
            checkpoint.Committed(state);
        }
        else
        {
            checkpoint.Abandon(isOutcomeKnown: true);
            _lost(partition.Index);
        }
    }

    private ArchiveUpkeep Upkeep
    {
        get
        {
            var now = Instant.From(_options.TimeProvider.GetUtcNow());
            return new(now, now - _options.ArchiveRetention, _log.ArchiveUnreadable);
        }
    }

    private void Stop(bool isOutcomeKnown)
    {
        _pieces?.Dispose();
        _current?.Abandon(isOutcomeKnown);
        (_pieces, _partition, _current) = (null, null, null);
    }

    private static void Answer(List<TaskCompletionSource> requests, Action<TaskCompletionSource> answer)
    {
        requests.ForEach(answer);
        requests.Clear();
    }
}
