using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The log of all partitions in files: segments that frames are appended to, and an index that says which there are.</summary>
/// <remarks>
/// <see cref="_files"/> is held while files come and go, <see cref="_gate"/> for a moment while lists are looked at: frames are appended while
/// the next segment is made in the background and while needless ones are given up.
/// </remarks>
internal sealed class JournalLog : IPartitionLog
{
    private readonly Lock _files = new();
    private readonly Lock _gate = new();
    private readonly JournalContents _found;
    private readonly List<UsedSegment> _used;
    private readonly List<JournalSegment> _free;
    private readonly HashSet<JournalSegment> _unsynced = [];
    private readonly EngineOptions _options;
    private readonly string _index;
    private readonly long _identity;
    private readonly int _partitions;
    private readonly bool _waitsForDisk;
    private readonly Action<CommitStep> _probe;
    private FrameLink _start;
    private FrameLink _last;
    private long _sequence;
    private bool _abandoned;
    private bool _isWriting;
    private Task _spare = Task.CompletedTask;

    private JournalLog(EngineOptions options, string index, long identity, int partitions, JournalContents found)
    {
        (_options, _index, _identity, _partitions, _found) = (options, index, identity, partitions, found);
        (_used, _free, _start, _last) = (found.Used, found.Free, found.Start, found.Last);
        _sequence = _last.Sequence;
        _waitsForDisk = options.Durability == Durability.OnDisk;
        _probe = options.CommitProbe ?? (_ => { });
    }

    /// <summary>Opens the journal of a data directory and reads it; changes nothing.</summary>
    /// <param name="options">The engine's options.</param>
    /// <param name="identity">The store's identity.</param>
    /// <param name="durability">How frames have been appended.</param>
    /// <param name="spans">By partition, which entries are needed.</param>
    /// <exception cref="StoreException">A file is missing or damaged.</exception>
    public static JournalLog Open(
        EngineOptions options,
        long identity,
        Durability durability,
        IReadOnlyList<LogSpan> spans
    )
    {
        var index = Path.Combine(options.DataDirectory, StoreFolder.JournalFile);
        return new(options, index, identity, spans.Count, JournalReader.Read(index, identity, durability, spans));
    }

    /// <inheritdoc/>
    public long FileBytes
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

    /// <inheritdoc/>
    /// <remarks>What is read was found when the log was opened; a partition that is closed later has nothing left to be read.</remarks>
    public IEnumerable<LogEntry> Read(int partition, long after)
    {
        if (_isWriting && NewestOf(partition) > after)
        {
            throw new InvalidOperationException($"Partition {partition} was closed without a checkpoint.");
        }
        var buffer = Array.Empty<byte>();
        foreach (var place in _found.Entries[partition].Where(place => place.Number > after))
        {
            if (buffer.Length < place.Length)
            {
                buffer = new byte[place.Length];
            }
            var content = buffer.AsMemory(0, place.Length);
            ReadFrom(place, content.Span);
            yield return new(place.Number, place.Applied, content, place.Segment.Path, place.Offset);
        }
    }

    /// <inheritdoc/>
    public void StartWriting()
    {
        _found.Secure();
        _isWriting = true;
        // They may be many, and are not read again.
        Array.Fill(_found.Entries, []);
        try
        {
            // The index may have been renamed and not been safe.
            DiskSync.Names(_options.DataDirectory);
        }
        catch (IOException e)
        {
            throw StoreFailure.Of(_options.DataDirectory, e);
        }
        StoreFolder.TryDelete(_index + CheckedFile.DraftSuffix);
        var known = All.Select(segment => segment.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in JournalSegment.FilesIn(_options.DataDirectory).Where(p => !known.Contains(p)).ToList())
        {
            StoreFolder.TryDelete(path);
        }
        MakeSpareIfNone();
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Append(JournalFrame frame)
    {
        Write(frame);
        return [];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An empty frame in a fresh segment follows the last good one. What failed is never synchronised again: the operating system may have dropped it.
    /// </remarks>
    public IReadOnlyList<int>? Settle(JournalFrame frame)
    {
        _probe(CommitStep.Reopen);
        using var empty = new JournalFrame(capacity: 0);
        Write(empty);
        return null;
    }

    private void Write(JournalFrame frame)
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
        catch (StoreFailure e) when (e.IsFull)
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
        if (first)
        {
            // Made while this one is filled, so that nobody waits for it.
            MakeSpareIfNone();
        }
    }

    /// <inheritdoc/>
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

    /// <inheritdoc/>
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
            var surplus = Release(start);
            if (surplus.Count == 0)
            {
                return;
            }
            surplus.ForEach(segment => segment.Dispose());
            // A file that is not named any more and still there is removed at the next start.
            PutIndex(start);
            surplus.ForEach(segment => segment.Delete());
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        // A fault of the program while one was made shows where it is needed.
        Task.WhenAny(_spare).Wait();
        _found.Close();
    }

    private long NewestOf(int partition)
    {
        lock (_gate)
        {
            return _used.Select(segment => segment.NewestOf(partition)).DefaultIfEmpty().Max();
        }
    }

    private static void ReadFrom(EntryPlace place, Span<byte> content)
    {
        try
        {
            if (place.Segment.Read(content, place.Offset) == content.Length)
            {
                return;
            }
        }
        catch (IOException e)
        {
            throw StoreErrors.Unreadable(place.Segment.Path, e);
        }
        throw StoreErrors.Damaged(place.Segment.Path, "this file of its journal is cut short");
    }

    /// <summary>The frame before the oldest one that may be needed.</summary>
    private FrameLink StartFor(Func<int, long> upTo)
    {
        lock (_gate)
        {
            var needless = 0;
            while (needless < _used.Count - 1 && _used[needless].IsContainedIn(upTo))
            {
                needless++;
            }
            return _used.Count == 0 ? _last : _used[needless].Before;
        }
    }

    /// <summary>Takes segments that are not needed any more into use again; gives those that are too many, which are kept no more.</summary>
    private List<JournalSegment> Release(FrameLink start)
    {
        lock (_gate)
        {
            // What was written while the checkpoint ran that is done now is likely to be written again while the next one runs.
            var inUse = _used.Sum(u => u.Segment.Length);
            var keepBytes = Math.Max(_options.KeptJournalBytes, inUse + (2 * _options.SegmentBytes));
            while (_used.Count > 1 && _used[0].Before != start)
            {
                _free.Add(_used[0].Segment);
                _unsynced.Remove(_used[0].Segment);
                _used.RemoveAt(0);
            }
            var surplus = new List<JournalSegment>();
            var bytes = All.Sum(segment => segment.Length);
            for (var i = _free.Count - 1; i >= 0; i--)
            {
                var odd = _free[i].Length != _options.SegmentBytes;
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

    /// <summary>The segment that a frame of so many bytes goes into.</summary>
    private UsedSegment SegmentFor(long bytes)
    {
        if (TrySegmentFor(bytes) is { } there)
        {
            return there;
        }
        lock (_files)
        {
            // One may have been made meanwhile.
            if (TrySegmentFor(bytes) is { } made)
            {
                return made;
            }
            MakeSegment(Math.Max(_options.SegmentBytes, FrameHeader.Blocks(bytes)));
            return TrySegmentFor(bytes)!;
        }
    }

    private UsedSegment? TrySegmentFor(long bytes)
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
                return null;
            }
            var next = new UsedSegment(_free[place], _last, _partitions);
            _free.RemoveAt(place);
            _used.Add(next);
            return next;
        }
    }

    private bool FitsCurrent(long bytes) =>
        _used.Count > 0
        && _used[^1] is var current
        && current.Position + bytes <= current.Segment.Length
        // Behind a frame of unknown outcome nothing may follow; a segment that holds nothing else is written from its beginning again.
        && (!_abandoned || current.Position == 0);

    private void MakeSpareIfNone()
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

    private void MakeSpare()
    {
        try
        {
            lock (_files)
            {
                MakeSegment(_options.SegmentBytes);
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
        var number = 1;
        while (File.Exists(JournalSegment.PathOf(_options.DataDirectory, number)))
        {
            number++;
        }
        var segment = JournalSegment.Create(_options.DataDirectory, number, bytes);
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
        new JournalIndex(start, segments).Write(_index, _identity, _ => _probe(CommitStep.IndexReplaced));
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
