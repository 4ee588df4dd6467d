using System.Buffers.Binary;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Writes a file of the archive, customer by customer. One thread.</summary>
/// <remarks>
/// Chunks follow one another from the beginning of the file, each behind its checksum (8 bytes, see <see cref="ArchiveSeal"/>); then comes the index, whose checksum
/// the partition's state has. The blob is begun with the first chunk: nothing is written of a file that nothing was added to.
/// </remarks>
/// <param name="store">Where to.</param>
/// <param name="partition">Whose.</param>
/// <param name="number">Number of the blob, which was never told to the store.</param>
/// <param name="compress">Whether to compress, which takes time and makes it shorter by a quarter.</param>
internal sealed class ArchiveWriter(ICheckpointStore store, int partition, long number, bool compress) : IDisposable
{
    private readonly ArchiveSeal _seal = new(store, partition, number);
    private readonly SectionWriter _sections = new(compress);
    private readonly IndexWriter _index = new();
    private readonly ChunkWriter _chunk = new();
    private readonly RowSorter _sorter = new();
    private readonly BlobWriter _bytes = new();
    private IBlobSink? _blob;
    private long _position;
    private long _events;
    private long _changes;
    private Instant _firstReceipt = new(long.MaxValue);
    private Instant _lastReceipt = Instant.MinValue;

    /// <summary>Whether the blob was begun, which is to be dropped then if the file is not completed.</summary>
    public bool HasWritten => _blob is not null;

    /// <summary>Chunks written so far: a chance to pause whenever there is one more.</summary>
    public int ChunksWritten => _index.ChunkCount;

    /// <summary>Adds what there is of one customer.</summary>
    /// <param name="row">Its row, larger than any before.</param>
    /// <param name="events">Its events, in any order; those of one type and time stay in the order in which they are.</param>
    /// <param name="changes">Its changes, in their order. Their content may change once this returns.</param>
    /// <param name="names">What the numbers in events stand for.</param>
    /// <exception cref="StoreFailure">It could not be written; the blob is of no use.</exception>
    public void Add(
        int row,
        ReadOnlySpan<ArchivedEvent> events,
        ReadOnlySpan<ArchivedChange> changes,
        IArchiveNames names
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(row, _index.LastRow);
        if (events.IsEmpty && changes.IsEmpty)
        {
            return;
        }
        _index.AddRow(row);
        CountIn(events, changes);
        var rest = _sorter.Sort(row, events, names, _index);
        if (!_chunk.IsEmpty && !_chunk.HasRoomFor(rest.Length, BytesOf(changes)))
        {
            WriteChunk();
        }
        while (!_chunk.HasRoomFor(rest.Length, BytesOf(changes)))
        {
            // Too much for one: in chunks of its own, but for the last part.
            var some = Math.Min(rest.Length, ChunkBounds.FullEvents);
            var someChanges = FillingOne(changes);
            _chunk.Add(row, rest[..some], changes[..someChanges], names);
            rest = rest[some..];
            changes = changes[someChanges..];
            if (rest.IsEmpty && changes.IsEmpty)
            {
                break;
            }
            WriteChunk();
        }
        if (!rest.IsEmpty || !changes.IsEmpty)
        {
            _chunk.Add(row, rest, changes, names);
        }
        if (_chunk.IsFull)
        {
            WriteChunk();
        }
    }

    /// <summary>Numbers types and features as another file does, before anything was added: chunks of it can be copied then.</summary>
    public void TakeNames(ArchiveIndex other)
    {
        _index.EventTypes.NumbersOf(other.EventTypes);
        _index.Features.NumbersOf(other.Features);
    }

    /// <summary>Adds chunks of a file whose names were taken, as they are.</summary>
    /// <param name="source">Reads the file.</param>
    /// <param name="first">The first of them, which does not divide a customer from the one before.</param>
    /// <param name="end">The one behind the last.</param>
    /// <exception cref="StoreFailure">It could not be written; the blob is of no use.</exception>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public void Copy(ChunkSource source, int first, int end)
    {
        var index = source.Index;
        if (!_chunk.IsEmpty)
        {
            WriteChunk();
        }
        for (var i = first; i < end; i++)
        {
            _bytes.Clear();
            _bytes.Fixed(ArchiveSeal.Bytes);
            _bytes.Bytes(source.Read(i).Span);
            Append(index[i].FirstRow, index[i].Events, index[i].Changes);
        }
        var last = index.LastRowOf(end - 1);
        for (var row = index[first].FirstRow; row >= 0 && row <= last; row = index.Rows.Next(row + 1L))
        {
            _index.AddRow(row);
        }
        _firstReceipt = Earlier(_firstReceipt, source.File.FirstReceipt);
        _lastReceipt = Instant.Max(_lastReceipt, source.File.LastReceipt);
    }

    /// <summary>Waits until all of it is safe. A state that names it may be put then. Null when nothing was added, and there is no file.</summary>
    /// <param name="workspace">Number of the workspace.</param>
    /// <param name="level">See <see cref="ArchiveFile.Level"/>.</param>
    /// <param name="afterEntry">The entry behind which its records begin.</param>
    /// <param name="lastEntry">The last entry whose records it holds.</param>
    /// <exception cref="StoreFailure">It is not known to be; the blob is of no use.</exception>
    public ArchiveFile? Complete(int workspace, int level, long afterEntry, long lastEntry)
    {
        if (!_chunk.IsEmpty)
        {
            WriteChunk();
        }
        if (_blob is null)
        {
            return null;
        }
        _bytes.Clear();
        _index.Write(_bytes, _sections);
        var (indexAt, checksum) = (_position, _seal.Of(_bytes.Written, _position));
        _blob.Append(_bytes.Written);
        _position += _bytes.Length;
        _blob.Complete();
        return new(
            number,
            workspace,
            level,
            _position,
            indexAt,
            checksum,
            _events,
            _changes,
            afterEntry,
            lastEntry,
            _firstReceipt,
            _lastReceipt
        );
    }

    public void Dispose()
    {
        _blob?.Dispose();
        _sections.Dispose();
        _index.Dispose();
        _chunk.Dispose();
        _bytes.Dispose();
    }

    private void WriteChunk()
    {
        var (firstRow, events, changes) = (_chunk.FirstRow, _chunk.Events, _chunk.Changes);
        _bytes.Clear();
        _bytes.Fixed(ArchiveSeal.Bytes);
        _chunk.Write(_bytes, _sections);
        Append(firstRow, events, changes);
    }

    /// <summary>Writes the chunk at hand behind its checksum.</summary>
    private void Append(int firstRow, int events, int changes)
    {
        var chunk = _bytes.Written;
        BinaryPrimitives.WriteUInt64LittleEndian(chunk, _seal.Of(chunk[ArchiveSeal.Bytes..], _position));
        _blob ??= store.CreateBlob(partition, number);
        _blob.Append(chunk);
        _index.AddChunk(firstRow, chunk.Length, events, changes);
        _position += chunk.Length;
        _events += events;
        _changes += changes;
    }

    private void CountIn(ReadOnlySpan<ArchivedEvent> events, ReadOnlySpan<ArchivedChange> changes)
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (ref readonly var item in events)
        {
            (first, last) = (Math.Min(first, item.ReceivedSecond), Math.Max(last, item.ReceivedSecond));
        }
        if (!events.IsEmpty)
        {
            _firstReceipt = Earlier(_firstReceipt, ArchivedEvent.ReceiptAt(first));
            _lastReceipt = Instant.Max(_lastReceipt, ArchivedEvent.ReceiptAt(last));
        }
        foreach (var change in changes)
        {
            _firstReceipt = Earlier(_firstReceipt, change.ReceivedAt);
            _lastReceipt = Instant.Max(_lastReceipt, change.ReceivedAt);
        }
    }

    private static long BytesOf(ReadOnlySpan<ArchivedChange> changes)
    {
        var sum = 0L;
        foreach (var change in changes)
        {
            sum += ChunkBounds.BytesOf(change);
        }
        return sum;
    }

    /// <summary>How many of some changes fill a chunk.</summary>
    private static int FillingOne(ReadOnlySpan<ArchivedChange> changes)
    {
        var (count, bytes) = (0, 0);
        while (count < changes.Length && bytes < ChunkBounds.FullChangeBytes)
        {
            bytes += ChunkBounds.BytesOf(changes[count++]);
        }
        return count;
    }

    private static Instant Earlier(Instant one, Instant other) => one <= other ? one : other;
}
