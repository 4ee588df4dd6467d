using System.Diagnostics;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>The one thread that writes checkpoints and models. Recording never waits for it.</summary>
internal sealed class StoreLoop
{
    // A checkpoint that nobody waits for takes a quarter of a processor: what it saves is safe already, and others want to be answered.
    private const int RestsPerWork = 3;
    private const int RestsPerWorkWhenLate = 1;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(10);

    private readonly StoreContents _store;
    private readonly IPartitionLog _journal;
    private readonly Checkpointer _checkpointer;
    private readonly ModelCatalog _models;
    private readonly EngineOptions _options;
    private readonly EngineLog _log;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<PutModelCall> _calls = new();
    private bool _woken = true;
    private bool _stopping;
    private bool _ended;
    private volatile bool _aborting;
    private TimeSpan _rest;
    private long _restStarted;

    /// <param name="store">What the store holds.</param>
    /// <param name="journal">The log, which forgets what checkpoints contain.</param>
    /// <param name="checkpointer">What there is to checkpoint.</param>
    /// <param name="models">The models.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="log">Where to tell the operator.</param>
    /// <param name="failed">Told when nothing may be written any more.</param>
    public StoreLoop(
        StoreContents store,
        IPartitionLog journal,
        Checkpointer checkpointer,
        ModelCatalog models,
        EngineOptions options,
        EngineLog log,
        Action<Exception> failed
    )
    {
        (_store, _journal, _checkpointer, _models) = (store, journal, checkpointer, models);
        (_options, _log, _failed) = (options, log, failed);
        _thread = new Thread(Run) { Name = "scoring store", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Makes the thread look whether there is something to do.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes a model to be stored.</summary>
    public void Enqueue(PutModelCall call)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _calls.Enqueue(call);
                Monitor.PulseAll(_gate);
                return;
            }
        }
        call.Fail(StoreErrors.Unavailable());
    }

    /// <summary>Checkpoints everything applied and ends.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
        _thread.Join();
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
                PutModels();
                CheckpointUnlessResting();
            }
            CheckpointEverything();
        }
        catch (Exception e)
        {
            // A fault of the program, or a disk that lost what was written: answer those who wait, and be seen as unhealthy.
            _failed(e);
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

    private bool HasPieces => !_aborting && _checkpointer.HasWork;

    private void CheckpointUnlessResting()
    {
        if (HasPieces && (_checkpointer.IsAwaited || RestLeft <= TimeSpan.Zero))
        {
            var started = Stopwatch.GetTimestamp();
            _ = Checkpoint();
            Rest(Stopwatch.GetElapsedTime(started));
        }
    }

    /// <summary>Puts the next piece off, unless somebody waits for it. Rests too short to be kept are added up.</summary>
    private void Rest(TimeSpan work)
    {
        var owed = _checkpointer.IsAwaited
            ? TimeSpan.Zero
            : work * (_checkpointer.IsLate ? RestsPerWorkWhenLate : RestsPerWork);
        owed += _rest < ShortestRest ? _rest : TimeSpan.Zero;
        (_rest, _restStarted) = (owed < LongestRest ? owed : LongestRest, Stopwatch.GetTimestamp());
    }

    /// <summary>The last step of a graceful stop; without it, the journal says the same.</summary>
    private void CheckpointEverything()
    {
        // A checkpoint may be under way that began before the newest entries.
        _ = _checkpointer.Request();
        while (HasPieces && Checkpoint()) { }
    }

    private void PutModels()
    {
        while (true)
        {
            PutModelCall? call;
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
            else if (Try(() => PutModel(call)) is { } failure)
            {
                call.Fail(StoreErrors.Of(failure));
            }
        }
    }

    private void PutModel(PutModelCall call)
    {
        var current = _models.Find(call.Workspace, call.Model.Name);
        if (call.Refusal(current, _models.List(call.Workspace).Count) is { } refusal)
        {
            call.Fail(refusal);
            return;
        }
        var model = call.Model with
        {
            Version = (current?.Model.Version ?? 0) + 1,
            UpdateTime = Instant.From(_options.TimeProvider.GetUtcNow()),
        };
        var stored = new StoredModel(
            current?.Number ?? _store.Meta.Models + 1,
            call.Workspace,
            model,
            call.SourceHash ?? current?.SourceHash ?? ""
        );
        _store.PutModel(stored);
        _models.Put(stored);
        call.Stored(model);
    }

    /// <summary>Writes the next piece of a checkpoint; false when that failed, and is tried again later.</summary>
    private bool Checkpoint()
    {
        var failure = Try(() =>
        {
            if (!_checkpointer.Next(_store.States, out var change))
            {
                _journal.Forget(partition => _store.States[partition].CheckpointEntry);
                _checkpointer.Finish();
            }
            else if (change is not null)
            {
                SyncJournal();
                _store.Commit(change);
                _checkpointer.Committed();
            }
        });
        if (failure is not null)
        {
            _log.CheckpointPostponed(failure);
            _checkpointer.Abandon(failure);
        }
        return failure is null;
    }

    /// <summary>What a checkpoint contains must be in the journal, also where acknowledgements do not wait for the disk.</summary>
    private void SyncJournal()
    {
        try
        {
            _journal.Sync();
        }
        catch (StoreFailure e)
        {
            // What was lost cannot be written again, and a second attempt would claim that it was.
            throw new InvalidOperationException("The disk may have lost journal that has been applied.", e);
        }
    }

    /// <summary>Writes something to the store; null when that succeeded. After a put of unknown outcome, what is there is found out first.</summary>
    private StoreFailure? Try(Action action)
    {
        try
        {
            if (_store.IsInDoubt)
            {
                _store.Settle();
                _models.Refresh(_store.Models);
                _log.StoreRecovered();
            }
            action();
            return null;
        }
        catch (StoreFailure e)
        {
            if (_store.IsInDoubt)
            {
                _log.StoreFailed(e);
            }
            return e;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _ended = true;
            while (_calls.TryDequeue(out var call))
            {
                call.Fail(StoreErrors.Unavailable());
            }
        }
    }
}
