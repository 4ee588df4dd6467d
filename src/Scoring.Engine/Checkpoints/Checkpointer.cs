using Scoring.Engine.Duplicates;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>Decides when to checkpoint and hands out the slices. Used by the store's thread, but for <see cref="Request"/> and <see cref="Journalled"/>.</summary>
internal sealed class Checkpointer : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<Partition> _partitions;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly Action _wake;
    private readonly ITimer _timer;
    private readonly RemovedRows[] _removed;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _requests = [];
    private readonly List<TaskCompletionSource> _running = [];
    private IEnumerator<CheckpointSlice>? _slices;
    private TimeSpan _retry = FirstRetry;
    private long _started;
    private long _bytes;
    private long _bytesAtStart;
    private bool _due;
    private bool _retrying;
    private bool _disposed;

    /// <param name="partitions">The partitions.</param>
    /// <param name="states">What the store holds of them.</param>
    /// <param name="journalBytes">Bytes of journal that no checkpoint contains yet.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="metrics">Where to report.</param>
    /// <param name="wake">Makes the store's thread look whether there is something to do.</param>
    public Checkpointer(
        IReadOnlyList<Partition> partitions,
        IReadOnlyList<PartitionState> states,
        long journalBytes,
        EngineOptions options,
        EngineMetrics metrics,
        Action wake
    )
    {
        _partitions = partitions;
        _options = options;
        _metrics = metrics;
        _bytes = journalBytes;
        _wake = wake;
        _removed = [.. states.Select(s => new RemovedRows { Blocks = s.WindowHead / WindowBlock.Capacity })];
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

    /// <summary>Whether there is a slice to be written.</summary>
    public bool HasWork => _slices is not null || ShouldStart;

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

    /// <summary>Starts a checkpoint early, unless one has failed lately.</summary>
    public void Nudge()
    {
        if (!_retrying)
        {
            Volatile.Write(ref _due, true);
        }
    }

    /// <summary>The next slice, the one before having been written; null when all are written, and <see cref="Finish"/> is to be called.</summary>
    public CheckpointSlice? Next(IReadOnlyList<PartitionState> states)
    {
        if (_slices is null)
        {
            Start(states);
        }
        return _slices!.MoveNext() ? _slices.Current : null;
    }

    /// <summary>Ends a checkpoint of which everything is written.</summary>
    public void Finish()
    {
        _slices!.Dispose();
        _slices = null;
        _retrying = false;
        _retry = FirstRetry;
        Interlocked.Add(ref _bytes, -_bytesAtStart);
        _timer.Change(_options.CheckpointInterval, Timeout.InfiniteTimeSpan);
        _metrics.Checkpointed(_options.TimeProvider.GetElapsedTime(_started));
        Answer(_running, request => request.TrySetResult());
    }

    /// <summary>Gives up a checkpoint that could not be written; it is tried again after a while.</summary>
    public void Abandon(CheckpointSlice? slice, Exception error)
    {
        slice?.Undo();
        slice?.Dispose();
        _slices?.Dispose();
        _slices = null;
        _retrying = true;
        Volatile.Write(ref _due, false);
        _timer.Change(_retry, Timeout.InfiniteTimeSpan);
        _retry = TimeSpan.FromTicks(Math.Min(_retry.Ticks * 2, LongestRetry.Ticks));
        Answer(_running, request => request.TrySetException(error));
    }

    /// <summary>Answers those who still wait.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _slices?.Dispose();
        lock (_gate)
        {
            _disposed = true;
            _running.AddRange(_requests);
            _requests.Clear();
        }
        Answer(_running, request => request.TrySetCanceled());
    }

    private void Start(IReadOnlyList<PartitionState> states)
    {
        lock (_gate)
        {
            _running.AddRange(_requests);
            _requests.Clear();
        }
        Volatile.Write(ref _due, false);
        _started = _options.TimeProvider.GetTimestamp();
        _bytesAtStart = JournalBytes;
        _slices = _partitions
            .SelectMany(p => new PartitionCheckpoint(p, states[p.Index], _removed[p.Index]).Slices())
            .GetEnumerator();
    }

    private static void Answer(List<TaskCompletionSource> requests, Action<TaskCompletionSource> answer)
    {
        requests.ForEach(answer);
        requests.Clear();
    }
}
