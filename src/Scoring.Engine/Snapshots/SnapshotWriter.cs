using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>Writes a blob of a checkpoint, frame by frame from its beginning. One thread.</summary>
/// <remarks>Frames are those of the journal (<see cref="FrameHeader"/>), chained from the number of the blob.</remarks>
internal sealed class SnapshotWriter : IDisposable
{
    /// <summary>Content from which on a frame is full.</summary>
    public const int FullBytes = 256 * 1_024;

    private readonly IBlobSink _blob;
    private readonly long _number;
    private readonly long _identity;
    private readonly BlobWriter _frame = new(FullBytes * 2);
    private FrameLink _last;
    private long _position;

    /// <summary>Begins a blob that the store does not know; one of that number was never told to it.</summary>
    /// <exception cref="StoreFailure">It could not be made.</exception>
    public SnapshotWriter(ICheckpointStore store, int partition, long number)
    {
        (_number, _identity) = (number, store.Identity);
        _last = new(0, (ulong)number);
        _blob = store.CreateBlob(partition, number);
        Begin();
    }

    /// <summary>What goes into the next frame, behind the header.</summary>
    public BlobWriter Frame => _frame;

    public bool IsFrameEmpty => _frame.Length == FrameHeader.Bytes;

    public bool IsFrameFull => _frame.Length >= FullBytes;

    /// <summary>Writes the frame and begins the next.</summary>
    /// <exception cref="StoreFailure">It could not be written; the blob is of no use.</exception>
    public void EndFrame()
    {
        _last = FrameHeader.Seal(_frame.Written, _last.Sequence + 1, _last.Checksum, _identity);
        _frame.Fixed((int)(FrameHeader.Blocks(_frame.Length) - _frame.Length)).Clear();
        _blob.Append(_frame.Written);
        _position += _frame.Length;
        Begin();
    }

    /// <summary>Waits until all of it is safe. A state that names it may be put then.</summary>
    /// <exception cref="StoreFailure">It is not known to be; the blob is of no use.</exception>
    public SnapshotFile Complete(SnapshotKind kind, long firstBlock = 0)
    {
        _blob.Complete();
        return new(_number, kind, _position, _last, firstBlock);
    }

    public void Dispose()
    {
        _blob.Dispose();
        _frame.Dispose();
    }

    private void Begin()
    {
        _frame.Clear();
        _frame.Fixed(FrameHeader.Bytes).Clear();
    }
}
