using Microsoft.Win32.SafeHandles;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>Writes a file of a checkpoint, frame by frame from its beginning. One thread.</summary>
/// <remarks>
/// Frames are those of the journal (<see cref="FrameHeader"/>), chained from the number of the file. What was written is given to the disk bit by
/// bit, and no more than a little is ever on its way: synchronising hundreds of megabytes at the end would hold up the commits of the
/// journal, which wait for the same disk.
/// </remarks>
internal sealed class SnapshotWriter : IDisposable
{
    /// <summary>Content from which on a frame is full.</summary>
    public const int FullBytes = 256 * 1_024;

    private const long WritebackBytes = 1 << 20;
    private readonly string _path;
    private readonly int _number;
    private readonly long _identity;
    private readonly Action<CommitStep>? _probe;
    private readonly SafeFileHandle _file;
    private readonly BlobWriter _frame = new(FullBytes * 2);
    private FrameLink _last;
    private long _position;
    private long _onItsWay;
    private long _handedOver;

    /// <exception cref="SnapshotFailure">It could not be made.</exception>
    public SnapshotWriter(string path, int number, long identity, Action<CommitStep>? probe)
    {
        (_path, _number, _identity, _probe) = (path, number, identity, probe);
        _last = new(0, (ulong)number);
        _file = Attempt(() =>
        {
            File.Delete(path);
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        });
        Begin();
    }

    /// <summary>What goes into the next frame, behind the header.</summary>
    public BlobWriter Frame => _frame;

    public bool IsFrameEmpty => _frame.Length == FrameHeader.Bytes;

    public bool IsFrameFull => _frame.Length >= FullBytes;

    /// <summary>Writes the frame and begins the next.</summary>
    /// <exception cref="SnapshotFailure">It could not be written; the file is of no use.</exception>
    public void EndFrame()
    {
        _last = FrameHeader.Seal(_frame.Written, _last.Sequence + 1, _last.Checksum, _identity);
        _frame.Fixed((int)(FrameHeader.Blocks(_frame.Length) - _frame.Length)).Clear();
        Attempt(() =>
        {
            RandomAccess.Write(_file, _frame.Written, _position);
            _position += _frame.Length;
            Writeback();
            return true;
        });
        Begin();
        _probe?.Invoke(CommitStep.SnapshotWritten);
    }

    /// <summary>Waits until all of it is on the disk, but for its name. The store may be told of it then.</summary>
    /// <exception cref="SnapshotFailure">It is not known to be; the file is of no use.</exception>
    public SnapshotFile Complete(SnapshotKind kind, long firstBlock = 0)
    {
        Attempt(() =>
        {
            RandomAccess.FlushToDisk(_file);
            return true;
        });
        return new(_number, kind, _position, _last, firstBlock);
    }

    public void Dispose()
    {
        _file.Dispose();
        _frame.Dispose();
    }

    private void Begin()
    {
        _frame.Clear();
        _frame.Fixed(FrameHeader.Bytes).Clear();
    }

    private void Writeback()
    {
        if (_position - _handedOver >= WritebackBytes)
        {
            DiskSync.Begin(_file, _handedOver, _position - _handedOver);
            DiskSync.Await(_file, _onItsWay, _handedOver - _onItsWay);
            (_onItsWay, _handedOver) = (_handedOver, _position);
        }
    }

    private T Attempt<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotFailure(_path, e);
        }
    }
}
