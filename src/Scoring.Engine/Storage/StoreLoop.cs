using System.Diagnostics;
using Scoring.Core.Time;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Models;

namespace Scoring.Engine.Storage;

/// <summary>The one thread that writes to the database: checkpoints, models, and which files the journal has. Recording never waits for it, unless
/// the journal needs a file that is not made yet.</summary>
internal sealed class StoreLoop
{
    // A checkpoint that nobody waits for takes a quarter of a processor: what it saves is safe already, and others want to be answered.
    private const int RestsPerWork = 3;
    private const int RestsPerWorkWhenLate = 1;
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(10);

    private readonly StoreWriter _store;
    private readonly JournalLog _journal;
    private readonly Checkpointer _checkpointer;
    private readonly ModelCatalog _models;
    private readonly EngineOptions _options;
    private readonly EngineLog _log;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Queue<PutModelCall> _calls = new();
    private TaskCompletionSource? _segmentAnswer;
    private long _segmentBytes;
    private bool _roomWanted;
    private bool _woken = true;
    private bool _stopping;
    private bool _ended;
    private volatile bool _aborting;
    private bool _inDoubt;
    private TimeSpan _rest;
    private long _restStarted;

    /// <param name="store">The database.</param>
    /// <param name="journal">The journal, whose files are kept account of.</param>
    /// <param name="checkpointer">What there is to checkpoint.</param>
    /// <param name="models">The models.</param>
    /// <param name="options">The engine's options.</param>
    /// <param name="log">Where to tell the operator.</param>
    /// <param name="failed">Told when nothing may be written any more.</param>
    public StoreLoop(
        StoreWriter store,
        JournalLog journal,
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

    /// <summary>Makes a segment of at least so many bytes, and returns once the journal has it. Used by the journal's thread.</summary>
    /// <exception cref="StoreFailure">There is no room, or the disk fails.</exception>
    public void MakeSegment(long bytes)
    {
        TaskCompletionSource answer;
        lock (_gate)
        {
            if (_ended)
            {
                throw new InvalidOperationException("The thread that makes segments has ended.");
            }
            answer = _segmentAnswer = new TaskCompletionSource();
            _segmentBytes = bytes;
            Monitor.PulseAll(_gate);
        }
        answer.Task.GetAwaiter().GetResult();
    }

    /// <summary>Asks for whatever may give room on a full disk: the log emptied, journal checkpointed.</summary>
    public void WantRoom()
    {
        lock (_gate)
        {
            _roomWanted = true;
            Monitor.PulseAll(_gate);
        }
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
                Work();
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
            while (!_woken && !_stopping && !_roomWanted && _segmentAnswer is null && _calls.Count == 0)
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
            return !_stopping || woken || _segmentAnswer is not null || _calls.Count > 0;
        }
    }

    private TimeSpan RestLeft => _rest < ShortestRest ? TimeSpan.Zero : _rest - Stopwatch.GetElapsedTime(_restStarted);

    private bool HasPieces => !_aborting && _checkpointer.HasWork;

    private void Work()
    {
        AnswerSegment();
        if (_journal.WantsSpare && !_aborting)
        {
            // Made before it is needed; if that fails, whoever needs it will hear of it.
            _ = Try(() => MakeAndAdd(_options.SegmentBytes));
        }
        PutModels();
        if (_roomWanted)
        {
            _roomWanted = false;
            _store.Shrink();
            _checkpointer.Nudge();
        }
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

    private void AnswerSegment()
    {
        TaskCompletionSource? answer;
        lock (_gate)
        {
            (answer, _segmentAnswer) = (_segmentAnswer, null);
        }
        if (answer is null)
        {
            return;
        }
        if (Try(() => MakeAndAdd(Math.Max(_options.SegmentBytes, FrameHeader.Blocks(_segmentBytes)))) is { } failure)
        {
            answer.SetException(failure);
        }
        else
        {
            answer.SetResult();
        }
    }

    private void MakeAndAdd(long bytes)
    {
        var directory = _options.DataDirectory;
        var number = 1;
        while (File.Exists(JournalSegment.PathOf(directory, number)))
        {
            number++;
        }
        var segment = JournalSegment.Create(directory, number, bytes);
        try
        {
            _store.PutCounted(
                Table.Segment,
                number,
                blob => blob.Int64(bytes),
                _store.Meta with
                {
                    Segments = _store.Meta.Segments + 1,
                }
            );
        }
        catch (StoreFailure e)
        {
            // When it is not known whether the store names it, it must stay.
            if (e.IsFull)
            {
                segment.Delete();
            }
            segment.Dispose();
            throw;
        }
        _journal.Add(segment);
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
        var meta = current is null ? _store.Meta with { Models = _store.Meta.Models + 1 } : _store.Meta;
        var stored = new StoredModel(
            current?.RowId ?? meta.Models,
            call.Workspace,
            model,
            call.SourceHash ?? current?.SourceHash ?? ""
        );
        _store.PutCounted(Table.Model, stored.RowId, stored.Write, meta);
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
                ReleaseSegments();
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
        catch (JournalFailure e)
        {
            // What was lost cannot be written again, and a second attempt would claim that it was.
            throw new InvalidOperationException("The disk may have lost journal that has been applied.", e);
        }
    }

    /// <summary>Takes segments into use again that checkpoints have made needless. The store says so first.</summary>
    private void ReleaseSegments()
    {
        var start = _journal.StartFor(partition => _store.States[partition].CheckpointEntry);
        if (start != _store.Meta.JournalStart)
        {
            _store.PutMeta(_store.Meta with { JournalStart = start });
        }
        var surplus = _journal.Release(start, _options.KeptJournalBytes, _options.SegmentBytes);
        if (surplus.Count > 0)
        {
            try
            {
                _store.RemoveSegments([.. surplus.Select(s => s.Number)]);
            }
            catch (StoreFailure)
            {
                // They stay files of the store; the next start takes them up again.
                surplus.ForEach(s => s.Dispose());
                throw;
            }
            surplus.ForEach(s => s.Delete());
        }
    }

    /// <summary>Does something with the database; null when that succeeded. After a failure of unknown outcome it is opened anew first.</summary>
    private StoreFailure? Try(Action action)
    {
        try
        {
            if (_inDoubt)
            {
                _store.Reopen(store => _models.Refresh(StoreContents.ReadModels(store)));
                _inDoubt = false;
                _log.StoreRecovered();
            }
            action();
            return null;
        }
        catch (StoreFailure e)
        {
            if (e is SqliteFailure { IsFull: false })
            {
                _inDoubt = true;
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
            _segmentAnswer?.TrySetException(new InvalidOperationException("The thread that makes segments has ended."));
            while (_calls.TryDequeue(out var call))
            {
                call.Fail(StoreErrors.Unavailable());
            }
        }
    }
}
