using System.Buffers.Binary;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Reads chunks of a file as bytes, and finds out whether they are what was written. One thread.</summary>
/// <param name="reader">The file.</param>
internal sealed class ChunkSource(ArchiveReader reader)
{
    // Of chunks that are read one behind the other, some at a time.
    private const int WindowBytes = 64 << 10;
    private byte[] _window = [];
    private long _start;
    private int _length;
    private int _next = -1;

    public ArchiveFile File => reader.File;

    public ArchiveIndex Index => reader.Index;

    /// <summary>What is behind the checksum of a chunk; until the next is read.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(int chunk)
    {
        var (offset, length) = (Index[chunk].Offset, Index.LengthOf(chunk));
        if (offset < _start || offset + length > _start + _length)
        {
            Fill(chunk, offset, chunk == _next ? Math.Max(length, WindowBytes) : length);
        }
        _next = chunk + 1;
        var bytes = _window.AsMemory((int)(offset - _start), length);
        var content = bytes[ArchiveSeal.Bytes..];
        return reader.Seal.Of(content.Span, offset) == BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span)
            ? content
            : throw Damaged(chunk, "has a wrong checksum");
    }

    /// <summary>What to say of a chunk that is malformed.</summary>
    public StoreException Malformed(int chunk, string how) => Damaged(chunk, $"is malformed: {how.TrimEnd('.')}");

    /// <summary>Reads as many bytes as there is room for; false when there are fewer.</summary>
    public static bool TryRead(IBlobSource blob, Span<byte> target, long offset)
    {
        while (!target.IsEmpty)
        {
            var read = blob.Read(target, offset);
            if (read == 0)
            {
                return false;
            }
            target = target[read..];
            offset += read;
        }
        return true;
    }

    private void Fill(int chunk, long offset, int bytes)
    {
        bytes = (int)Math.Min(bytes, File.IndexAt - offset);
        if (_window.Length < bytes)
        {
            _window = new byte[bytes];
        }
        (_start, _length) = (offset, 0);
        if (!TryRead(reader.Blob, _window.AsSpan(0, bytes), offset))
        {
            throw Damaged(chunk, "is missing");
        }
        _length = bytes;
    }

    private StoreException Damaged(int chunk, string how) =>
        StoreErrors.Damaged(
            reader.Blob.Place,
            $"the chunk at byte {Index[chunk].Offset} of this file of the archive {how}"
        );
}
