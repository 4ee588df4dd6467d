using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>Reads a blob of a checkpoint, frame by frame, and finds out whether it is what was written.</summary>
internal sealed class SnapshotReader : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly SnapshotFile _snapshot;
    private readonly long _identity;
    private readonly IBlobSource _blob;
    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _position;
    private FrameLink _last;
    private Range _content;

    /// <exception cref="StoreException">It is missing, or of another length than was written.</exception>
    public SnapshotReader(ICheckpointStore store, int partition, SnapshotFile snapshot)
    {
        (_snapshot, _identity) = (snapshot, store.Identity);
        _last = new(0, (ulong)snapshot.Number);
        _blob = store.OpenBlob(partition, snapshot.Number);
        if (_blob.Length != snapshot.Bytes)
        {
            _blob.Dispose();
            throw StoreErrors.Damaged(
                _blob.Place,
                $"this file of a checkpoint has {_blob.Length} bytes where {snapshot.Bytes} are expected"
            );
        }
    }

    /// <summary>What the frame holds; until the next is read.</summary>
    public ReadOnlySpan<byte> Frame => _buffer.AsSpan(_content);

    /// <summary>Goes to the next frame; false at the end of the file.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public bool NextFrame()
    {
        if (_position == _snapshot.Bytes)
        {
            return _last == _snapshot.Last ? false : throw Damaged("ends too early");
        }
        Fill(FrameHeader.Bytes);
        if (
            !FrameHeader.TryRead(_buffer.AsSpan(_start, _end - _start), _snapshot.Bytes - _position, out var header)
            || header.Identity != _identity
            || header.Sequence != _last.Sequence + 1
            || header.Previous != _last.Checksum
        )
        {
            throw Damaged("is not the one that was written there");
        }
        Fill(header.Length);
        if (_end - _start < header.Length || !header.Matches(_buffer.AsSpan(_start, header.Length)))
        {
            throw Damaged("has a wrong checksum");
        }
        _content = new(_start + FrameHeader.Bytes, _start + header.Length);
        _last = header.Link;
        // Behind the last frame there may be less than its padding: then the length was none of a snapshot's, which the end tells.
        var step = (int)Math.Min(FrameHeader.Blocks(header.Length), _snapshot.Bytes - _position);
        _start += step;
        _position += step;
        return true;
    }

    /// <summary>What to say of the frame at hand when its content is malformed.</summary>
    public StoreException Malformed(string how) =>
        StoreErrors.Damaged(_blob.Place, $"frame {_last.Sequence} of this file of a checkpoint: {how.TrimEnd('.')}");

    public void Dispose() => _blob.Dispose();

    /// <summary>Reads on until so many bytes are at hand, or all that there are.</summary>
    private void Fill(int bytes)
    {
        if (_end - _start >= bytes)
        {
            return;
        }
        var left = Math.Max(0, _end - _start);
        // Padding may lie behind what was read.
        var from = _position + left;
        if (left > 0)
        {
            _buffer.AsSpan(_start, left).CopyTo(_buffer);
        }
        (_start, _end) = (0, left);
        if (_buffer.Length < bytes)
        {
            Array.Resize(ref _buffer, bytes);
        }
        while (_end < bytes && _blob.Read(_buffer.AsSpan(_end), from) is var read and > 0)
        {
            _end += read;
            from += read;
        }
    }

    private StoreException Damaged(string how) =>
        StoreErrors.Damaged(_blob.Place, $"the frame at byte {_position} of this file of a checkpoint {how}");
}
