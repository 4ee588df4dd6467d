using Microsoft.Win32.SafeHandles;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Writes a file from its beginning to its end.</summary>
/// <remarks>
/// What was written is given to the disk bit by bit, and no more than a little is ever on its way: synchronising hundreds of megabytes at the end
/// would hold up the commits of the journal, which wait for the same disk.
/// </remarks>
internal sealed class FileBlobSink : IBlobSink
{
    private const long WritebackBytes = 1 << 20;
    private readonly string _path;
    private readonly Action<CommitStep>? _probe;
    private readonly SafeFileHandle _file;
    private long _position;
    private long _onItsWay;
    private long _handedOver;

    /// <exception cref="StoreFailure">It could not be made.</exception>
    public FileBlobSink(string path, Action<CommitStep>? probe)
    {
        (_path, _probe) = (path, probe);
        try
        {
            File.Delete(path);
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(path, e);
        }
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, _position);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(_path, e);
        }
        _position += bytes.Length;
        if (_position - _handedOver >= WritebackBytes)
        {
            DiskSync.Begin(_file, _handedOver, _position - _handedOver);
            DiskSync.Await(_file, _onItsWay, _handedOver - _onItsWay);
            (_onItsWay, _handedOver) = (_handedOver, _position);
        }
        _probe?.Invoke(CommitStep.SnapshotWritten);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(_path, e);
        }
    }

    public void Dispose() => _file.Dispose();
}
