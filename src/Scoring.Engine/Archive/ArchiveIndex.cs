using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>What is known of a file before its chunks are read: its names, where the chunks are, and which rows it has. It may be kept, and read by any thread.</summary>
/// <remarks>Its form is that of <see cref="IndexWriter"/>.</remarks>
internal sealed class ArchiveIndex
{
    private const int ChunkBytes = 16;
    private readonly ArchiveChunk[] _chunks;
    private readonly long _end;

    private ArchiveIndex(SectionReader sections, ArchiveFile file)
    {
        _end = file.IndexAt;
        var names = new BlobReader(sections[IndexWriter.Names].Span);
        EventTypes = ReadNames(ref names);
        Features = ReadNames(ref names);
        var rows = new BlobReader(sections[IndexWriter.Rows].Span);
        Rows = ArchiveRows.Read(ref rows, file.Events + file.Changes);
        var chunks = new BlobReader(sections[IndexWriter.Chunks].Span);
        _chunks = ReadChunks(ref chunks, file);
        if (!names.AtEnd || !rows.AtEnd || !chunks.AtEnd)
        {
            throw new InvalidDataException("There are bytes left over.");
        }
    }

    /// <summary>The event types by number.</summary>
    public IReadOnlyList<string> EventTypes { get; }

    /// <summary>The features by number.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Which rows are in the file.</summary>
    public ArchiveRows Rows { get; }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => _chunks.Length;

    /// <summary>About what it takes in memory.</summary>
    public long MemoryBytes =>
        Rows.MemoryBytes
        + (_chunks.Length * (long)ChunkBytes)
        + EventTypes.Concat(Features).Sum(name => 32L + (2 * name.Length));

    /// <summary>A chunk.</summary>
    public ArchiveChunk this[int chunk] => _chunks[chunk];

    /// <summary>Reads the index of a file.</summary>
    /// <exception cref="StoreException">The file is missing, not what was written, or cannot be read.</exception>
    public static ArchiveIndex Read(ICheckpointStore store, int partition, ArchiveFile file)
    {
        using var blob = ArchiveReader.Open(store, partition, file);
        var bytes = new byte[file.Bytes - file.IndexAt];
        if (
            !ChunkSource.TryRead(blob, bytes, file.IndexAt)
            || new ArchiveSeal(store, partition, file.Number).Of(bytes, file.IndexAt) != file.IndexChecksum
        )
        {
            throw StoreErrors.Damaged(blob.Place, "the index of this file of the archive has a wrong checksum");
        }
        try
        {
            if (bytes is not [IndexWriter.Form, ..])
            {
                throw new InvalidDataException("Its form is unknown.");
            }
            var sections = new SectionReader(IndexWriter.Sections);
            sections.Read(bytes.AsMemory(1));
            return new(sections, file);
        }
        catch (InvalidDataException e)
        {
            throw StoreErrors.Damaged(
                blob.Place,
                $"the index of this file of the archive is malformed: {e.Message.TrimEnd('.')}"
            );
        }
    }

    /// <summary>Whether a row is in the file.</summary>
    public bool Contains(int row) => Rows.Contains(row);

    /// <summary>The first of the chunks that hold a row that is in the file.</summary>
    public int ChunkOf(int row)
    {
        // The last one that begins before it, unless one begins with it.
        var (low, high) = (0, _chunks.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _chunks[middle].FirstRow < row ? (middle + 1, high) : (low, middle);
        }
        return low < _chunks.Length && _chunks[low].FirstRow == row ? low : low - 1;
    }

    /// <summary>The chunk behind those that begin with the same row: the customer of all but the last of them is divided.</summary>
    public int EndOf(int chunk)
    {
        var end = chunk + 1;
        while (end < _chunks.Length && _chunks[end].FirstRow == _chunks[chunk].FirstRow)
        {
            end++;
        }
        return end;
    }

    /// <summary>The largest row that a chunk may hold.</summary>
    public int LastRowOf(int chunk) =>
        chunk + 1 == _chunks.Length ? Rows.Last
        : _chunks[chunk + 1].FirstRow == _chunks[chunk].FirstRow ? _chunks[chunk].FirstRow
        : _chunks[chunk + 1].FirstRow - 1;

    /// <summary>The bytes of a chunk.</summary>
    public int LengthOf(int chunk) =>
        (int)((chunk + 1 == _chunks.Length ? _end : _chunks[chunk + 1].Offset) - _chunks[chunk].Offset);

    private static string[] ReadNames(ref BlobReader reader)
    {
        var names = reader.Many(reader.Varint(int.MaxValue), static (ref BlobReader name) => name.Text());
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? names
            : throw new InvalidDataException("It has a name twice.");
    }

    private ArchiveChunk[] ReadChunks(ref BlobReader reader, ArchiveFile file)
    {
        // Each takes four bytes.
        var chunks = new ArchiveChunk[reader.Varint(reader.Rest.Length / 4)];
        var (offset, row, events, changes) = (0L, (long)Rows.First, 0L, 0L);
        for (var i = 0; i < chunks.Length; i++)
        {
            row += reader.Varint(int.MaxValue);
            var length = reader.Varint(int.MaxValue);
            if (length < ArchiveSeal.Bytes || row != Rows.Next(row) || (i == 0 && row != Rows.First))
            {
                throw new InvalidDataException("A chunk is none.");
            }
            var chunk = chunks[i] = new(
                offset,
                (int)row,
                (ushort)reader.Varint(ChunkBounds.MostEvents),
                (ushort)reader.Varint(ushort.MaxValue)
            );
            offset += length;
            events += chunk.Events;
            changes += chunk.Changes;
        }
        return chunks.Length > 0 && offset == file.IndexAt && events == file.Events && changes == file.Changes
            ? chunks
            : throw new InvalidDataException("Its chunks are not those of the file.");
    }
}
