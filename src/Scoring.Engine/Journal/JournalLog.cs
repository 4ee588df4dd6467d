using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The files of the journal, to be written to. Frames are appended by one thread; segments come and go by another.</summary>
internal sealed class JournalLog
{
    private readonly Lock _gate = new();
    private readonly List<UsedSegment> _used;
    private readonly List<JournalSegment> _free;
    private readonly HashSet<JournalSegment> _unsynced = [];
    private readonly long _identity;
    private readonly int _partitions;
    private readonly bool _waitsForDisk;
    private readonly Action<CommitStep> _probe;
    private FrameLink _last;
    private long _sequence;
    private bool _abandoned;

    /// <param name="found">What is in the files.</param>
    /// <param name="meta">What holds for the whole store.</param>
    /// <param name="options">The engine's options.</param>
    public JournalLog(JournalContents found, StoreMeta meta, EngineOptions options)
    {
        (_used, _free, _last) = ([.. found.Used], [.. found.Free], found.Last);
        _sequence = _last.Sequence;
        (_identity, _partitions) = (meta.Identity, meta.Partitions);
        _waitsForDisk = options.Durability == Durability.OnDisk;
        _probe = options.CommitProbe ?? (_ => { });
    }

    /// <summary>Bytes of all files.</summary>
    public long FileBytes
    {
        get
        {
            lock (_gate)
            {
                return _used.Sum(u => u.Segment.Length) + _free.Sum(s => s.Length);
            }
        }
    }

    /// <summary>Whether the next segment is still to be made.</summary>
    public bool WantsSpare
    {
        get
        {
            lock (_gate)
            {
                return _free.Count == 0;
            }
        }
    }

    /// <summary>Whether a frame of so many bytes can be appended; otherwise <see cref="Add"/> a segment that can hold it.</summary>
    public bool HasRoomFor(long bytes)
    {
        lock (_gate)
        {
            return FitsCurrent(bytes) || _free.Exists(s => s.Length >= bytes);
        }
    }

    /// <summary>Adds a segment that holds nothing.</summary>
    public void Add(JournalSegment segment)
    {
        lock (_gate)
        {
            _free.Add(segment);
        }
    }

    /// <summary>Writes a frame behind the last one, and waits for the disk unless acknowledgements do not.</summary>
    /// <exception cref="JournalFailure">
    /// <see cref="StoreFailure.IsFull"/>: nothing was written. Otherwise the outcome is unknown, and nothing can be appended before
    /// <see cref="Fence"/> succeeded.
    /// </exception>
    /// <returns>Whether it is the first one of a segment.</returns>
    public bool Append(JournalFrame frame)
    {
        _probe(CommitStep.Begin);
        var used = SegmentFor(frame.BlockBytes);
        var first = used.Position == 0;
        // A number is never used again: what a failed attempt may have left is told from what took its place.
        var blocks = frame.Seal(++_sequence, _last.Checksum, _identity, out var link);
        _abandoned = true;
        try
        {
            used.Segment.Write(blocks, used.Position);
        }
        catch (JournalFailure e) when (e.IsFull)
        {
            // Not all of it was written, so what there is fails its checksum and will be overwritten.
            _abandoned = false;
            throw;
        }
        _probe(CommitStep.Written);
        if (_waitsForDisk)
        {
            used.Segment.Sync();
        }
        else
        {
            Unsynced(used.Segment);
        }
        _probe(CommitStep.Committed);
        _abandoned = false;
        Advance(used, frame, link);
        return first;
    }

    /// <summary>
    /// Makes sure, after a failure, that frames of unknown outcome are not in the journal and that it can be written: an empty frame in a fresh
    /// segment follows the last good one. What failed is never synchronised again: the operating system may have dropped it.
    /// </summary>
    /// <exception cref="JournalFailure">It still cannot be written.</exception>
    public void Fence()
    {
        using var frame = new JournalFrame(capacity: 0);
        Append(frame);
    }

    /// <summary>Waits until all that was appended is on the disk. From any thread.</summary>
    /// <exception cref="JournalFailure">It is not known to be.</exception>
    public void Sync()
    {
        lock (_gate)
        {
            foreach (var segment in _unsynced)
            {
                segment.Sync();
            }
            _unsynced.Clear();
        }
    }

    /// <summary>The frame before the oldest one that may be needed, when checkpoints contain these entries.</summary>
    public FrameLink StartFor(Func<int, long> checkpointed)
    {
        lock (_gate)
        {
            var needless = NeedlessFor(checkpointed);
            return _used.Count == 0 ? _last : _used[needless].Before;
        }
    }

    /// <summary>
    /// Takes segments that are not needed any more into use again. To be called once the store says that the journal starts behind them.
    /// </summary>
    /// <param name="start">Where it says that the journal starts.</param>
    /// <param name="keepBytes">Bytes of all files beyond which free ones are given up, unless the checkpoint just done took longer than that to fill.</param>
    /// <param name="segmentBytes">Length of an ordinary segment; longer ones are given up.</param>
    /// <returns>The segments given up, which the caller removes.</returns>
    public List<JournalSegment> Release(FrameLink start, long keepBytes, long segmentBytes)
    {
        lock (_gate)
        {
            keepBytes = Math.Max(keepBytes, _used.Sum(u => u.Segment.Length) + (2 * segmentBytes));
            while (_used.Count > 1 && _used[0].Before != start)
            {
                _free.Add(_used[0].Segment);
                _unsynced.Remove(_used[0].Segment);
                _used.RemoveAt(0);
            }
            var surplus = new List<JournalSegment>();
            var bytes = _used.Sum(u => u.Segment.Length) + _free.Sum(s => s.Length);
            for (var i = _free.Count - 1; i >= 0; i--)
            {
                var odd = _free[i].Length != segmentBytes;
                if (odd || (bytes > keepBytes && _free.Count > 1))
                {
                    bytes -= _free[i].Length;
                    surplus.Add(_free[i]);
                    _free.RemoveAt(i);
                }
            }
            return surplus;
        }
    }

    /// <summary>Closes the files.</summary>
    public void Close()
    {
        _used.ForEach(u => u.Segment.Dispose());
        _free.ForEach(s => s.Dispose());
    }

    private int NeedlessFor(Func<int, long> checkpointed)
    {
        var needless = 0;
        while (needless < _used.Count - 1 && _used[needless].IsContainedIn(checkpointed))
        {
            needless++;
        }
        return needless;
    }

    private bool FitsCurrent(long bytes) =>
        _used.Count > 0
        && _used[^1] is var current
        && current.Position + bytes <= current.Segment.Length
        // Behind a frame of unknown outcome nothing may follow; a segment that holds nothing else is written from its beginning again.
        && (!_abandoned || current.Position == 0);

    private UsedSegment SegmentFor(long bytes)
    {
        lock (_gate)
        {
            if (FitsCurrent(bytes))
            {
                return _used[^1];
            }
            var place = _free.FindIndex(s => s.Length >= bytes);
            if (place < 0)
            {
                throw new JournalFailure("There is no segment that could hold the frame.", isFull: true);
            }
            var next = new UsedSegment(_free[place], _last, _partitions);
            _free.RemoveAt(place);
            _used.Add(next);
            return next;
        }
    }

    private void Unsynced(JournalSegment segment)
    {
        lock (_gate)
        {
            _unsynced.Add(segment);
        }
    }

    private void Advance(UsedSegment used, JournalFrame frame, FrameLink link)
    {
        lock (_gate)
        {
            used.Position += frame.BlockBytes;
            _last = link;
            foreach (var entry in frame.Entries)
            {
                used.Note(entry.Partition, entry.Number);
            }
        }
    }
}
