using System.Buffers.Binary;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Checkpoints and documents as files of one folder: small checked ones that are replaced, and blobs that are written once.</summary>
/// <param name="directory">The folder.</param>
/// <param name="identity">The store's identity, which stands in every file.</param>
/// <param name="probe">Told of steps, for tests.</param>
/// <param name="held">Keeps others out; null where somebody else does.</param>
/// <param name="isMaking">Whether the store is being made: nothing is relied on before its last document is put.</param>
internal sealed class FileCheckpointStore(
    string directory,
    long identity,
    Action<CommitStep>? probe,
    DirectoryLock? held,
    bool isMaking
) : ICheckpointStore
{
    private bool _isMaking = isMaking;
    private bool _hasNewNames;
    private string? _inDoubt;

    /// <inheritdoc/>
    public long Identity => identity;

    /// <inheritdoc/>
    public string PlaceOf(string document) => StoreFolder.PathOf(directory, document);

    /// <inheritdoc/>
    public byte[] ReadDocument(string name, out long version) => Read(PlaceOf(name), out version);

    /// <inheritdoc/>
    public bool TryPutDocument(string name, long version, ReadOnlySpan<byte> content)
    {
        // Whatever is put last makes the store whole.
        _isMaking &= name != StoreContents.StoreDocument;
        return TryPut(PlaceOf(name), version, content);
    }

    /// <inheritdoc/>
    public string PlaceOf(int partition) => StoreFolder.PathOf(directory, partition);

    /// <inheritdoc/>
    public byte[] ReadState(int partition, out long version) => Read(PlaceOf(partition), out version);

    /// <inheritdoc/>
    public bool TryPutState(int partition, long version, ReadOnlySpan<byte> content) =>
        TryPut(PlaceOf(partition), version, content);

    /// <inheritdoc/>
    public IBlobSink CreateBlob(int partition, long number)
    {
        _hasNewNames = true;
        return new FileBlobSink(StoreFolder.PathOf(directory, partition, number), probe);
    }

    /// <inheritdoc/>
    public IBlobSource OpenBlob(int partition, long number) =>
        new FileBlobSource(StoreFolder.PathOf(directory, partition, number));

    /// <inheritdoc/>
    public void DropBlob(int partition, long number) =>
        StoreFolder.TryDelete(StoreFolder.PathOf(directory, partition, number));

    /// <inheritdoc/>
    public void RemoveLeftovers(int partition, Func<long, bool> isNamed)
    {
        // One process has the store, and has removed them all at its start.
    }

    /// <inheritdoc/>
    public void StartWriting(Func<int, long, bool> isNamed)
    {
        try
        {
            // Not before may files go: as long as names are not safe, a power failure may bring older states back, which name others.
            DiskSync.Names(directory);
        }
        catch (IOException e)
        {
            throw StoreFailure.Of(directory, e);
        }
        StoreFolder.RemoveDrafts(directory);
        StoreFolder.TryDelete(Path.Combine(directory, StoreFolder.MakingFile));
        foreach (var (path, partition, number) in StoreFolder.Snapshots(directory).ToList())
        {
            if (!isNamed(partition, number))
            {
                StoreFolder.TryDelete(path);
            }
        }
    }

    /// <inheritdoc/>
    public void Settle()
    {
        probe?.Invoke(CommitStep.StoreReopen);
        if (_inDoubt is { } path && File.Exists(path))
        {
            // Written once more: what could not be synchronised may have been dropped, whatever a second attempt to synchronise says.
            Write(path, CheckedFile.Read(path, identity));
        }
        _inDoubt = null;
    }

    private byte[] Read(string path, out long version)
    {
        var content = CheckedFile.Read(path, identity);
        if (content.Length < sizeof(long))
        {
            throw StoreErrors.Damaged(path, "this file holds too little");
        }
        version = BinaryPrimitives.ReadInt64LittleEndian(content);
        return content[sizeof(long)..];
    }

    private bool TryPut(string path, long version, ReadOnlySpan<byte> content)
    {
        var current = 0L;
        if (File.Exists(path))
        {
            Read(path, out current);
        }
        if (current != version - 1)
        {
            return false;
        }
        if (_inDoubt is not null)
        {
            throw new InvalidOperationException("What the last put did must be found out first.");
        }
        using var bytes = new BlobWriter(sizeof(long) + content.Length);
        bytes.Int64(version);
        bytes.Bytes(content);
        try
        {
            Write(path, bytes.Written);
            return true;
        }
        catch (StoreFailure e) when (!e.IsFull)
        {
            _inDoubt = path;
            throw;
        }
    }

    private void Write(string path, ReadOnlySpan<byte> content)
    {
        var sync = !_isMaking;
        CheckedFile.Replace(path, identity, content, held, probe, syncBefore: sync && _hasNewNames, syncAfter: sync);
        _hasNewNames = !sync;
    }
}
