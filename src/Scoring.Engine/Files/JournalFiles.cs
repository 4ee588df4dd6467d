using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>The segments of the journal, which come and go, and the index that names them.</summary>
/// <remarks>
/// <see cref="_files"/> is held while files come and go, <see cref="_gate"/> for a moment while lists are looked at: frames are appended while
/// the next segment is made in the background and while needless ones are given up.
/// </remarks>
/// <param name="options">The engine's options.</param>
/// <param name="identity">The store's identity.</param>
/// <param name="partitions">How many partitions there are.</param>
/// <param name="found">What was found in the files, which are closed with this.</param>
/// <param name="held">Keeps others out; null where somebody else does.</param>
internal sealed class JournalFiles(
    EngineOptions options,
    long identity,
    int partitions,
    JournalContents found,
    DirectoryLock? held
) : IDisposable
{
    private readonly string _index = Path.Combine(options.DataDirectory, StoreFolder.JournalFile);
    private readonly Lock _files = new();
    private readonly Lock _gate = new();
    private readonly List<UsedSegment> _used = found.Used;
    private readonly List<JournalSegment> _free = found.Free;
    private readonly HashSet<JournalSegment> _unsynced = [];
    private readonly long _segmentBytes = JournalSegment.LengthBy(options);
    private FrameLink _start = found.Start;

    // Where a frame is being written, or may have been when that failed.
    private UsedSegment? _writing;
    private Task _spare = Task.CompletedTask;

    /// <summary>As <see cref="IPartitionLog.MayHoldDeleted"/>.</summary>
    public bool MayHoldDeleted { get; } = found.Used.Count + found.Free.Count > 0;

    /// <summary>The frame that was appended last.</summary>
    public FrameLink Last { get; private set; } = found.Last;

    /// <summary>Bytes of all files.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return All.Sum(segment => segment.Length);
            }
        }
    }

    private IEnumerable<JournalSegment> All => _used.Select(u => u.Segment).Concat(_free);

    /// <summary>Number of the newest entry of a partition that may be needed; 0 for none.</summary>
    public long NewestOf(int partition)
    {
        lock (_gate)
        {
            return _used.Select(segment => segment.NewestOf(partition)).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Makes the index safe, removes files that it does not name, and makes a segment for what comes.</summary>
    /// <exception cref="StoreFailure">The disk fails.</exception>
    public void StartWriting()
    {
        try
        {
            // The index may have been renamed and not been safe.
            DiskSync.Names(options.DataDirectory);
        }
        catch (IOException e)
        {
            throw StoreFailure.Of(options.DataDirectory, e);
        }
        StoreFolder.TryDelete(_index + CheckedFile.DraftSuffix);
        var known = All.Select(segment => segment.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in JournalSegment.FilesIn(options.DataDirectory).Where(p => !known.Contains(p)).ToList())
        {
            StoreFolder.TryDelete(path);
        }
        MakeSpareIfNone();
    }

    /// <summary>The segment that a frame goes into.</summary>
    /// <param name="bytes">Bytes of the frame.</param>
    /// <param name="canFollow">Whether it may go behind others, rather than into a segment that holds nothing else.</param>
    /// <exception cref="StoreFailure">None could be made.</exception>
    public UsedSegment SegmentFor(long bytes, bool canFollow)
    {
        if (TrySegmentFor(bytes, canFollow) is { } there)
        {
            return there;
        }
        lock (_files)
        {
            // One may have been made meanwhile.
            if (TrySegmentFor(bytes, canFollow) is { } made)
            {
                return made;
            }
            MakeSegment(Math.Max(_segmentBytes, FrameHeader.Blocks(bytes)));
            return TrySegmentFor(bytes, canFollow)!;
        }
    }

    private UsedSegment? TrySegmentFor(long bytes, bool canFollow)
    {
        lock (_gate)
        {
            if (FitsCurrent(bytes, canFollow))
            {
                return _writing = _used[^1];
            }
            var place = _free.FindIndex(s => s.Length >= bytes);
            if (place < 0)
            {
                return null;
            }
            var next = new UsedSegment(_free[place], Last, partitions);
            _free.RemoveAt(place);
            _used.Add(next);
            return _writing = next;
        }
    }

    private bool FitsCurrent(long bytes, bool canFollow) =>
        _used.Count > 0
        && _used[^1] is var current
        && current.Position + bytes <= current.Segment.Length
        && (canFollow || current.Position == 0)
        && !current.IsToBeErased;

    /// <summary>Has a segment made in the background, so that nobody waits for the next one.</summary>
    public void MakeSpareIfNone()
    {
        lock (_gate)
        {
            if (_free.Count > 0 || !_spare.IsCompleted)
            {
                return;
            }
        }
        _spare = Task.Factory.StartNew(
            MakeSpare,
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Notes a frame that was appended.</summary>
    public void Advance(UsedSegment used, JournalFrame frame, FrameLink link)
    {
        lock (_gate)
        {
            used.Position += frame.BlockBytes;
            _writing = null;
            Last = link;
            foreach (var entry in frame.Entries)
            {
                used.Note(entry.Partition, entry.Number);
            }
        }
    }

    /// <summary>Notes a segment that was written to and not synchronised.</summary>
    public void NoteUnsynced(JournalSegment segment)
    {
        lock (_gate)
        {
            _unsynced.Add(segment);
        }
    }

    /// <summary>As <see cref="IPartitionLog.Sync"/>.</summary>
    public void Sync()
    {
        lock (_gate)
        {
            try
            {
                foreach (var segment in _unsynced)
                {
                    segment.Sync();
                }
            }
            catch (StoreFailure e)
            {
                // What was lost cannot be written again, and a second attempt would claim that it was.
                throw new InvalidOperationException("The disk may have lost journal that has been applied.", e);
            }
            _unsynced.Clear();
        }
    }

    /// <summary>As <see cref="IPartitionLog.EraseWhenForgotten"/>: what is to be used again goes now, for it holds what was forgotten before.</summary>
    public void EraseWhenForgotten()
    {
        lock (_files)
        {
            List<JournalSegment> old;
            lock (_gate)
            {
                _used.ForEach(segment => segment.IsToBeErased = true);
                old = [.. _free];
                _free.Clear();
            }
            Remove(old, _start);
        }
        MakeSpareIfNone();
    }

    /// <summary>As <see cref="IPartitionLog.Forget"/>.</summary>
    public void Forget(Func<int, long> upTo)
    {
        lock (_files)
        {
            var start = StartFor(upTo);
            if (start != _start)
            {
                // The index says so first: only then may what lies before be written over.
                PutIndex(start);
                _start = start;
            }
            Remove(Release(start), start);
        }
    }

    /// <summary>Removes segments that are neither used nor free any more.</summary>
    private void Remove(List<JournalSegment> segments, FrameLink start)
    {
        if (segments.Count == 0)
        {
            return;
        }
        segments.ForEach(segment => segment.Dispose());
        // A file that is not named any more and still there is removed at the next start.
        PutIndex(start);
        segments.ForEach(segment => segment.Delete());
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        // A fault of the program while one was made shows where it is needed.
        Task.WhenAny(_spare).Wait();
        found.Close();
    }

    /// <summary>The frame before the oldest one that may be needed.</summary>
    private FrameLink StartFor(Func<int, long> upTo)
    {
        lock (_gate)
        {
            var needless = 0;
            while (needless < _used.Count && CanGo(_used[needless]) && _used[needless].IsContainedIn(upTo))
            {
                needless++;
            }
            return needless == _used.Count ? Last : _used[needless].Before;
        }
    }

    /// <summary>Whether no frame is written into a segment any more.</summary>
    private bool CanGo(UsedSegment segment) => segment != _writing && (segment.IsToBeErased || segment != _used[^1]);

    /// <summary>Takes segments that are not needed any more into use again; gives those that are too many, which are kept no more.</summary>
    private List<JournalSegment> Release(FrameLink start)
    {
        lock (_gate)
        {
            // What was written while the checkpoint ran that is done now is likely to be written again while the next one runs.
            var inUse = _used.Sum(u => u.Segment.Length);
            var keepBytes = Math.Max(JournalSegment.KeptBy(options), inUse + (2 * _segmentBytes));
            var surplus = new List<JournalSegment>();
            while (_used.Count > 0 && _used[0].Before != start)
            {
                (_used[0].IsToBeErased ? surplus : _free).Add(_used[0].Segment);
                _unsynced.Remove(_used[0].Segment);
                _used.RemoveAt(0);
            }
            var bytes = All.Sum(segment => segment.Length);
            for (var i = _free.Count - 1; i >= 0; i--)
            {
                var odd = _free[i].Length != _segmentBytes;
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

    private void MakeSpare()
    {
        try
        {
            lock (_files)
            {
                MakeSegment(_segmentBytes);
            }
        }
        catch (StoreFailure)
        {
            // Whoever needs it makes it, and hears of it.
        }
    }

    /// <summary>Makes a segment that holds nothing. The index names it before it is used.</summary>
    private void MakeSegment(long bytes)
    {
        held?.ThrowIfLost();
        var number = 1;
        while (File.Exists(JournalSegment.PathOf(options.DataDirectory, number)))
        {
            number++;
        }
        var segment = JournalSegment.Create(options.DataDirectory, number, bytes);
        try
        {
            PutIndex(_start, segment);
        }
        catch (StoreFailure e)
        {
            segment.Dispose();
            // When it is not known whether the index names it, it must stay.
            if (e.IsFull)
            {
                segment.Delete();
            }
            throw;
        }
        lock (_gate)
        {
            _free.Add(segment);
        }
    }

    private void PutIndex(FrameLink start, params ReadOnlySpan<JournalSegment> more)
    {
        Dictionary<int, long> segments;
        lock (_gate)
        {
            segments = All.ToDictionary(segment => segment.Number, segment => segment.Length);
        }
        foreach (var segment in more)
        {
            segments.Add(segment.Number, segment.Length);
        }
        new JournalIndex(start, segments).Write(
            _index,
            identity,
            held,
            _ => options.CommitProbe?.Invoke(CommitStep.IndexReplaced)
        );
    }
}
