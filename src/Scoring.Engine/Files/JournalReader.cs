using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Walks the chain of frames from where the store says that it starts, checks every frame, and notes where entries stand.</summary>
/// <remarks>
/// The chain ends at the first place where no frame follows. When writes wait for the disk, at most one frame can be under way at a time, so a power
/// failure leaves nothing behind that place; a later frame there means that what lies between was damaged.
/// </remarks>
/// <param name="indexPath">Where its index lies, beside which its segments do.</param>
/// <param name="index">The index.</param>
/// <param name="isOlder">Whether it is that of a store of layout 4.</param>
/// <param name="identity">The store's identity.</param>
/// <param name="durability">How frames have been appended.</param>
/// <param name="spans">By partition, which entries are needed.</param>
internal sealed class JournalReader(
    string indexPath,
    JournalIndex index,
    bool isOlder,
    long identity,
    Durability durability,
    IReadOnlyList<LogSpan> spans
)
{
    private readonly JournalContents _contents = new(spans.Count) { Start = index.Start };
    private readonly List<JournalSegment> _segments = [];
    private readonly Dictionary<JournalSegment, FrameHeader> _first = [];
    private ILookup<ulong, KeyValuePair<JournalSegment, FrameHeader>> _beginnings = null!;
    private readonly long[] _newest = new long[spans.Count];
    private byte[] _buffer = [];

    /// <summary>Reads the journal; changes nothing.</summary>
    /// <exception cref="StoreException">A file is missing or damaged.</exception>
    public JournalContents Read()
    {
        try
        {
            Open();
            CheckUnknown();
            Walk();
            LookBehindTheEnd();
            CheckNewest();
            return _contents;
        }
        catch (IOException e)
        {
            Close();
            throw StoreErrors.Unreadable(indexPath, e);
        }
        catch
        {
            Close();
            throw;
        }
    }

    private void Close() => _segments.ForEach(s => s.Dispose());

    private void Open()
    {
        var directory = Path.GetDirectoryName(indexPath)!;
        foreach (var (number, length) in index.Segments)
        {
            var path = JournalSegment.PathOf(directory, number);
            if (!File.Exists(path))
            {
                throw StoreErrors.Damaged(path, "this file of its journal is missing");
            }
            var segment = JournalSegment.Open(path, number);
            _segments.Add(segment);
            if (segment.Length != length)
            {
                throw StoreErrors.Damaged(
                    path,
                    $"this file of its journal has {segment.Length} bytes where {length} are expected"
                );
            }
            if (ReadFrame(segment, 0) is not { } first)
            {
                continue;
            }
            if (_first.FirstOrDefault(f => f.Value.Link == first.Link).Key is { } twin)
            {
                throw StoreErrors.Damaged(path, $"this file of its journal is a copy of {twin.Path}");
            }
            _first.Add(segment, first);
        }
    }

    /// <summary>Files that the index does not name hold nothing, or what is not needed; anything else means that it is not the newest.</summary>
    private void CheckUnknown()
    {
        var known = _segments.Select(s => s.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in JournalSegment.FilesIn(Path.GetDirectoryName(indexPath)!).Where(p => !known.Contains(p)))
        {
            using var segment = JournalSegment.Open(path, number: 0);
            if (ReadFrame(segment, 0)?.Sequence > index.Start.Sequence)
            {
                throw StoreErrors.Damaged(
                    path,
                    $"{indexPath} does not know this file of its journal: it is older than what lies beside it"
                );
            }
        }
    }

    private void Walk()
    {
        _beginnings = _first.ToLookup(f => f.Value.Previous);
        _contents.Last = index.Start;
        UsedSegment? current = null;
        var inCurrent = 0;
        while (true)
        {
            FrameHeader? next = null;
            if (current is not null)
            {
                next = Parse(_buffer.AsSpan(0, inCurrent), (int)current.Position);
            }
            // After a failed write the chain goes on in another segment; what the failed write may have left has a smaller number.
            var elsewhere = _beginnings[_contents.Last.Checksum]
                .Where(f => Follows(f.Value))
                .OrderByDescending(f => f.Value.Sequence)
                .FirstOrDefault();
            if (elsewhere.Key is not null && !(next?.Sequence >= elsewhere.Value.Sequence))
            {
                current = new UsedSegment(elsewhere.Key, _contents.Last, spans.Count);
                inCurrent = Load(elsewhere.Key);
                _contents.Used.Add(current);
                next = elsewhere.Value;
            }
            if (next is not { } frame || current is null)
            {
                break;
            }
            Note(current, frame);
            current.Position += FrameHeader.Blocks(frame.Length);
            _contents.Last = frame.Link;
        }
        _contents.Free.AddRange(_segments.Except(_contents.Used.Select(u => u.Segment)));
    }

    /// <summary>The sound frame at a place of a segment that continues the chain; null when there is none.</summary>
    private FrameHeader? Parse(ReadOnlySpan<byte> segment, int at) =>
        at < segment.Length
        && FrameHeader.TryRead(segment[at..], segment.Length - at, out var header)
        && Follows(header)
        && header.Matches(segment.Slice(at, header.Length))
            ? header
            : null;

    private bool Follows(FrameHeader header) =>
        header.Identity == identity
        && header.Previous == _contents.Last.Checksum
        && header.Sequence > _contents.Last.Sequence;

    private void Note(UsedSegment used, FrameHeader frame)
    {
        var at = (int)used.Position + FrameHeader.Bytes;
        var end = (int)used.Position + frame.Length;
        while (at < end)
        {
            var rest = _buffer.AsSpan(at..end);
            if (!EntryHeader.TryRead(rest, out var header, isOlder) || header.Partition >= spans.Count)
            {
                throw DamagedFrame(used.Segment, used.Position, "is malformed");
            }
            var (partition, length, number, applied) = header;
            at += isOlder ? EntryHeader.OlderBytes : EntryHeader.Bytes;
            used.Note(partition, number);
            ref var newest = ref _newest[partition];
            if (number > spans[partition].After)
            {
                if (number != Math.Max(newest, spans[partition].After) + 1)
                {
                    throw DamagedFrame(
                        used.Segment,
                        used.Position,
                        $"has entry {number} of partition {partition} behind {newest}"
                    );
                }
                _contents.Entries[partition].Add(new(used.Segment, at, length, number, applied));
            }
            newest = number;
            at += length;
        }
    }

    private void LookBehindTheEnd()
    {
        var last = _contents.Used.LastOrDefault();
        foreach (var segment in _contents.Free.Prepend(last?.Segment))
        {
            if (
                segment is null
                || (_first.TryGetValue(segment, out var first) && segment != last?.Segment && !IsLater(first))
            )
            {
                // Whatever else is in it was written before its first frame was overwritten, or with it.
                continue;
            }
            var bytes = Load(segment);
            for (var at = segment == last?.Segment ? (int)last.Position : 0; at < bytes; at += FrameHeader.BlockBytes)
            {
                if (ParseLater(_buffer.AsSpan(at, bytes - at)) is { } later)
                {
                    Stray(segment, at, later);
                }
            }
        }
    }

    private void Stray(JournalSegment segment, int at, FrameHeader later)
    {
        // Without waiting for the disk, a power failure may keep a frame and lose one before it.
        if (durability == Durability.OnDisk)
        {
            var (path, offset) =
                _contents.Used.LastOrDefault() is { } last && last.Position < last.Segment.Length
                    ? (last.Segment.Path, last.Position)
                    : (segment.Path, 0);
            throw StoreErrors.Damaged(
                path,
                $"the frame of its journal that should begin at byte {offset} is damaged or missing: behind frame "
                    + $"{_contents.Last.Sequence} comes frame {later.Sequence}, at byte {at} of {segment.Path}"
            );
        }
        _contents.Strays.Add((segment, at));
    }

    private FrameHeader? ParseLater(ReadOnlySpan<byte> source) =>
        FrameHeader.TryRead(source, source.Length, out var header)
        && IsLater(header)
        && header.Matches(source[..header.Length])
            ? header
            : null;

    private bool IsLater(FrameHeader header) =>
        header.Identity == identity && header.Sequence > _contents.Last.Sequence;

    /// <summary>What was checkpointed had been journalled, so the journal reaches at least as far.</summary>
    private void CheckNewest()
    {
        for (var partition = 0; partition < spans.Count; partition++)
        {
            var (after, through) = spans[partition];
            var found = Math.Max(_newest[partition], after);
            if (found < through)
            {
                throw StoreErrors.Damaged(
                    _contents.Used.LastOrDefault()?.Segment.Path ?? indexPath,
                    $"its journal ends at entry {found} of partition {partition}, and {through} were checkpointed"
                );
            }
        }
    }

    private FrameHeader? ReadFrame(JournalSegment segment, long at)
    {
        Span<byte> start = stackalloc byte[FrameHeader.Bytes];
        if (segment.Read(start, at) < start.Length || !FrameHeader.TryRead(start, segment.Length - at, out var header))
        {
            return null;
        }
        if (header.Identity != identity)
        {
            throw StoreErrors.Damaged(segment.Path, $"this file holds journal of another store than {indexPath}");
        }
        Reserve(header.Length);
        var frame = _buffer.AsSpan(0, header.Length);
        return segment.Read(frame, at) == frame.Length && header.Matches(frame) ? header : null;
    }

    /// <summary>Reads a whole segment into the buffer; gives its length.</summary>
    private int Load(JournalSegment segment)
    {
        Reserve(checked((int)segment.Length));
        return segment.Read(_buffer.AsSpan(0, (int)segment.Length), 0);
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length < bytes)
        {
            _buffer = new byte[bytes];
        }
    }

    private static StoreException DamagedFrame(JournalSegment segment, long offset, string how) =>
        StoreErrors.Damaged(segment.Path, $"the frame of its journal at byte {offset} {how}");
}
