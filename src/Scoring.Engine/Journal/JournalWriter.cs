using Scoring.Core;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Models;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>
/// The one thread that writes: it takes everything that waits, commits it as one transaction, together with a slice of a checkpoint when
/// one is under way, and hands the entries to the partitions, which apply them while the next commit is made.
/// </summary>
internal sealed class JournalWriter
{
    private const long GroupBytes = 4 << 20;
    private static readonly TimeSpan ReopenDelay = TimeSpan.FromMilliseconds(500);

    private readonly StoreWriter _store;
    private readonly WriteQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly ModelCatalog _models;
    private readonly IReadOnlyList<Partition> _partitions;
    private readonly IReadOnlyList<ApplyLoop> _loops;
    private readonly EngineOptions _options;
    private readonly EngineMetrics _metrics;
    private readonly EngineLog _log;
    private readonly Thread _thread;
    private readonly ITimer _reopenTimer;
    private readonly List<QueuedCall> _group = [];
    private readonly long[] _handedOver;
    private List<JournalEntry>? _inDoubt;
    private volatile bool _stopping;
    private volatile bool _aborting;

    public JournalWriter(
        StoreWriter store,
        WriteQueue queue,
        Checkpointer checkpointer,
        ModelCatalog models,
        IReadOnlyList<Partition> partitions,
        IReadOnlyList<ApplyLoop> loops,
        EngineOptions options,
        EngineMetrics metrics,
        EngineLog log
    )
    {
        (_store, _queue, _checkpointer, _models) = (store, queue, checkpointer, models);
        (_partitions, _loops, _options, _metrics, _log) = (partitions, loops, options, metrics, log);
        _handedOver = [.. store.States.Select(state => state.LastEntry)];
        _reopenTimer = options.TimeProvider.CreateTimer(
            _ => queue.Wake(),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _thread = new Thread(Run) { Name = "scoring journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Commits what waits, checkpoints everything and ends. The queue must refuse calls already.</summary>
    public void Stop()
    {
        _stopping = true;
        _queue.Wake();
        _thread.Join();
        _reopenTimer.Dispose();
    }

    /// <summary>Ends without writing anything more: memory and store have parted.</summary>
    public void Abort()
    {
        _aborting = true;
        _stopping = true;
        _queue.Wake();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _group.Clear();
                _queue.Take(_group, GroupBytes, wait: !_stopping && (_inDoubt is not null || !_checkpointer.HasWork));
                if (_stopping && _group.Count == 0)
                {
                    CheckpointEverything();
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
        if (_aborting || (_inDoubt is not null && !TryReopen()))
        {
            DropGroup(_queue.Refusal ?? Unavailable());
        }
        else if (_group is [PutModelCall call])
        {
            PutModel(call);
        }
        else
        {
            CommitGroup();
        }
    }

    /// <summary>The last step of a graceful stop; without it, the journal says the same.</summary>
    private void CheckpointEverything()
    {
        if (_aborting || _inDoubt is not null)
        {
            return;
        }
        foreach (var loop in _loops)
        {
            loop.WaitUntilIdle();
        }
        // A checkpoint may be under way that began before the newest entries.
        _ = _checkpointer.Request();
        while (!_aborting && _checkpointer.HasWork)
        {
            if (_checkpointer.Next(_store.States) is { } slice && !TryCommit([], slice))
            {
                return;
            }
        }
    }

    private void CommitGroup()
    {
        var entries = Compose();
        var slice = _checkpointer.Next(_store.States);
        if (entries.Count == 0 && slice is null)
        {
            return;
        }
        var started = _options.TimeProvider.GetTimestamp();
        if (!TryCommit(entries, slice))
        {
            return;
        }
        var bytes = entries.Sum(e => (long)e.Blob.Length);
        _checkpointer.Journalled(bytes);
        _metrics.Committed(_options.TimeProvider.GetElapsedTime(started), bytes);
        HandOver(entries);
    }

    /// <summary>Turns the writes of the group into entries.</summary>
    private List<JournalEntry> Compose()
    {
        var entries = new List<JournalEntry>();
        var open = new JournalEntry?[_partitions.Count];
        var last = new long[_partitions.Count];
        foreach (var part in _group.OfType<WriteCall>().SelectMany(call => call.Parts))
        {
            ref var entry = ref open[part.Partition];
            if (entry is null || entry.IsFull)
            {
                ref var number = ref last[part.Partition];
                number = Math.Max(number, _store.States[part.Partition].LastEntry) + 1;
                entry = new JournalEntry(part.Partition, number);
                entries.Add(entry);
            }
            entry.Add(part);
        }
        entries.ForEach(entry => entry.Close());
        _group.ForEach(call => call.Release());
        return entries;
    }

    /// <summary>Commits; when that fails, sees to it that memory and store agree on what happened.</summary>
    private bool TryCommit(List<JournalEntry> entries, CheckpointSlice? slice)
    {
        try
        {
            _store.Commit(entries, slice);
            slice?.Dispose();
            return true;
        }
        catch (SqliteFailure e) when (e.IsFull && slice is not null)
        {
            // Recording goes before checkpointing: without the slice there may be room.
            _log.CheckpointPostponed(e);
            _checkpointer.Abandon(slice, StorageFull(e));
            return entries.Count > 0 && TryCommit(entries, slice: null);
        }
        catch (SqliteFailure e) when (e.IsFull)
        {
            _log.StoreFull(e);
            FailGroup(StorageFull(e));
            Discard(entries);
            _store.Shrink();
            return false;
        }
        catch (SqliteFailure e)
        {
            _log.StoreFailed(e);
            if (slice is not null)
            {
                _checkpointer.Abandon(slice, e);
            }
            EnterDoubt(entries, e);
            return false;
        }
    }

    private void HandOver(List<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            _handedOver[entry.Partition] = entry.Number;
            _loops[entry.Partition].Post(entry);
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
            UpdateTime = Core.Time.Instant.From(_options.TimeProvider.GetUtcNow()),
        };
        var meta = current is null ? _store.Meta with { Models = _store.Meta.Models + 1 } : _store.Meta;
        var stored = new StoredModel(
            current?.RowId ?? meta.Models,
            call.Workspace,
            model,
            call.SourceHash ?? current?.SourceHash ?? ""
        );
        try
        {
            _store.PutCounted(Table.Model, stored.RowId, stored.Write, meta);
            _models.Put(stored);
            call.Stored(model);
        }
        catch (SqliteFailure e) when (e.IsFull)
        {
            call.Fail(StorageFull(e));
        }
        catch (SqliteFailure e)
        {
            _log.StoreFailed(e);
            EnterDoubt([], e);
        }
    }

    /// <summary>Stops taking writes until it is known whether the failed transaction is in the store.</summary>
    private void EnterDoubt(List<JournalEntry> entries, Exception error)
    {
        _inDoubt = entries;
        _queue.Refuse(Unavailable(error));
        FailGroup(Unavailable(error));
        _queue.Wake();
    }

    private bool TryReopen()
    {
        try
        {
            _store.Reopen(store => _models.Refresh(StoreContents.ReadModels(store)));
        }
        catch (Exception e) when (e is SqliteFailure or StoreException)
        {
            _log.StoreFailed(e);
            _reopenTimer.Change(ReopenDelay, Timeout.InfiniteTimeSpan);
            return false;
        }
        var entries = _inDoubt!;
        _inDoubt = null;
        if (WereCommitted(entries))
        {
            HandOver(entries);
        }
        else
        {
            Discard(entries);
        }
        _log.StoreRecovered();
        _queue.Refuse(refusal: null);
        return true;
    }

    /// <summary>Whether entries in doubt were committed; they were all or none of them.</summary>
    /// <exception cref="InvalidOperationException">The store lacks what was acknowledged.</exception>
    private bool WereCommitted(List<JournalEntry> entries)
    {
        var after = _handedOver.ToArray();
        foreach (var entry in entries)
        {
            after[entry.Partition] = entry.Number;
        }
        var found = _store.States.Select(state => state.LastEntry).ToArray();
        if (found.SequenceEqual(_handedOver))
        {
            return false;
        }
        return found.SequenceEqual(after)
            ? true
            : throw new InvalidOperationException(
                $"The store ends at entries {string.Join(", ", found)} where {string.Join(", ", _handedOver)} were acknowledged."
            );
    }

    private void Discard(List<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            foreach (var part in entry.Parts)
            {
                _queue.Release(part);
            }
            entry.Dispose();
        }
    }

    private void FailGroup(ScoringException error) => _group.ForEach(call => call.Fail(error));

    /// <summary>Answers calls of which no entry was made.</summary>
    private void DropGroup(ScoringException error)
    {
        FailGroup(error);
        foreach (var part in _group.OfType<WriteCall>().SelectMany(call => call.Parts))
        {
            _queue.Release(part);
        }
        _group.ForEach(call => call.Release());
    }

    private void Break(Exception error)
    {
        _log.EngineBroken(error);
        _aborting = true;
        var unavailable = Unavailable(error);
        _queue.Close(unavailable);
        FailGroup(unavailable);
        do
        {
            _group.Clear();
            _queue.Take(_group, GroupBytes, wait: false);
            FailGroup(unavailable);
        } while (_group.Count > 0);
    }

    private static ScoringException StorageFull(Exception error) =>
        new(
            ScoringError.StorageFull,
            "The store has no room; nothing of this write was taken. Make room on the disk.",
            error
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static ScoringException Unavailable(Exception? error = null) =>
        new(
            ScoringError.Unavailable,
            "The store cannot be written to at the moment; whether this write was taken is unknown. Retry with the same event ids.",
            error
        )
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
}
