using System.Diagnostics;
using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>The one thread that writes checkpoints and documents. Recording never waits for it.</summary>
/// <param name="store">What the store holds.</param>
/// <param name="journal">The log, which forgets what checkpoints contain.</param>
/// <param name="checkpointer">What there is to checkpoint.</param>
/// <param name="readModels">Reads the models again, when it is found out what the store holds.</param>
/// <param name="log">Where to tell the operator.</param>
/// <param name="failed">Told when nothing may be written any more.</param>
internal sealed class StoreLoop(
    StoreContents store,
    IPartitionLog journal,
    Checkpointer checkpointer,
    Action readModels,
    EngineLog log,
    Action<Exception> failed
)
{
    // A checkpoint that nobody waits for takes a quarter of a processor: what it saves is safe already, and others want to be answered.
    private const int RestsPerWork = 3;
    private const int RestsPerWorkWhenLate = 1;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(10);

    private readonly object _gate = new();
    private readonly Queue<Call> _calls = new();
    private Thread? _thread;
    private bool _woken = true;
    private bool _stopping;
    private bool _ended;
    private volatile bool _aborting;
    private TimeSpan _rest;
    private long _restStarted;

    public void Start()
    {
        _thread = new Thread(Run) { Name = "scoring store", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Makes the thread look whether there is something to do.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Has something done with the store; the task fails with what the caller is to be told when that could not be.</summary>
    public Task<T> RunAsync<T>(Func<T> action)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_ended)
            {
                _calls.Enqueue(new(Run, answer.SetException));
                Monitor.PulseAll(_gate);
                return answer.Task;
            }
        }
        return Task.FromException<T>(StoreErrors.Unavailable());

        void Run()
        {
            try
            {
                answer.SetResult(action());
            }
            catch (Exception e) when (e is ScoringException or StoreException)
            {
                answer.SetException(e);
            }
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action action) =>
        RunAsync(() =>
        {
            action();
            return true;
        });

    /// <summary>Checkpoints a partition that is being closed.</summary>
    public Task CompleteAsync(Partition partition) => RunAsync(() => checkpointer.Complete(partition, journal));

    /// <summary>Checkpoints everything applied and ends.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
        _thread?.Join();
    }

    /// <summary>Writes nothing more: memory and journal have parted.</summary>
    public void Abort()
    {
        _aborting = true;
        Wake();
    }

    private void Run()
    {
        try
        {
            while (Next())
            {
                RunCalls();
                CheckpointUnlessResting();
            }
            CheckpointEverything();
        }
        catch (Exception e)
        {
            // A fault of the program, or a disk that lost what was written: answer those who wait, and be seen as unhealthy.
            failed(e);
        }
        End();
    }

    /// <summary>Waits for something to do; false when the thread is to end.</summary>
    private bool Next()
    {
        lock (_gate)
        {
            while (!_woken && !_stopping && _calls.Count == 0)
            {
                if (!HasPieces)
                {
                    Monitor.Wait(_gate);
                }
                else if (RestLeft is var rest && rest > TimeSpan.Zero)
                {
                    Monitor.Wait(_gate, rest);
                }
                else
                {
                    break;
                }
            }
            var woken = _woken;
            _woken = false;
            return !_stopping || woken || _calls.Count > 0;
        }
    }

    private TimeSpan RestLeft => _rest < ShortestRest ? TimeSpan.Zero : _rest - Stopwatch.GetElapsedTime(_restStarted);

    private bool HasPieces => !_aborting && checkpointer.HasWork;

    private void CheckpointUnlessResting()
    {
        if (HasPieces && (checkpointer.IsAwaited || RestLeft <= TimeSpan.Zero))
        {
            var started = Stopwatch.GetTimestamp();
            _ = Checkpoint();
            Rest(Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>Puts the next piece off, unless somebody waits for it. Rests too short to be kept are added up.</summary>
    private void Rest(TimeSpan work)
    {
        var owed = checkpointer.IsAwaited
            ? TimeSpan.Zero
            : work * (checkpointer.IsLate ? RestsPerWorkWhenLate : RestsPerWork);
        owed += _rest < ShortestRest ? _rest : TimeSpan.Zero;
        (_rest, _restStarted) = (owed < LongestRest ? owed : LongestRest, Stopwatch.GetTimestamp());
    }

    /// <summary>The last step of a graceful stop; without it, the journal says the same.</summary>
    private void CheckpointEverything()
    {
        // A checkpoint may be under way that began before the newest entries.
        _ = checkpointer.Request();
        while (HasPieces && Checkpoint()) { }
    }

    private void RunCalls()
    {
        while (true)
        {
            Call call;
            lock (_gate)
            {
                if (!_calls.TryDequeue(out call))
                {
                    return;
                }
            }
            if (_aborting)
            {
                call.Fail(StoreErrors.Unavailable());
            }
            else if (Try(call.Run) is { } failure)
            {
                call.Fail(StoreErrors.Of(failure));
            }
        }
    }

    /// <summary>Writes the next piece of a checkpoint; false when that failed, and is tried again later.</summary>
    private bool Checkpoint()
    {
        var failure = Try(() =>
        {
            if (!checkpointer.Next(journal))
            {
                journal.Forget(checkpointer.CheckpointedOf);
                checkpointer.Finish();
            }
        });
        if (failure is not null)
        {
            log.CheckpointPostponed(failure);
            checkpointer.Abandon(failure);
        }
        return failure is null;
    }

    /// <summary>Writes something to the store; null when that succeeded. After a put of unknown outcome, what is there is found out first.</summary>
    private StoreFailure? Try(Action action)
    {
        try
        {
            if (store.IsInDoubt)
            {
                store.Settle(readModels);
                log.StoreRecovered();
            }
            action();
            return null;
        }
        catch (StoreFailure e)
        {
            if (store.IsInDoubt)
            {
                log.StoreFailed(e);
            }
            return e;
        }
    }

    private void End()
    {
        // Nobody would answer those who wait for a checkpoint.
        checkpointer.Dispose();
        lock (_gate)
        {
            _ended = true;
            while (_calls.TryDequeue(out var call))
            {
                call.Fail(StoreErrors.Unavailable());
            }
        }
    }

    /// <summary>Something that the thread is to do, and how it is answered with an error.</summary>
    private readonly record struct Call(Action Run, Action<Exception> Fail);
}
