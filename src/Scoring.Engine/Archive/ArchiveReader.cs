using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Reads a file of the archive. One thread.</summary>
/// <param name="store">From where.</param>
/// <param name="partition">Whose.</param>
/// <param name="file">The file.</param>
/// <param name="index">Its index.</param>
internal sealed class ArchiveReader(ICheckpointStore store, int partition, ArchiveFile file, ArchiveIndex index)
    : IDisposable
{
    private IBlobSource? _blob;
    private ChunkReader? _chunk;

    public ArchiveFile File => file;

    public ArchiveIndex Index => index;

    /// <summary>What its chunks are checked by.</summary>
    public ArchiveSeal Seal { get; } = new(store, partition, file.Number);

    /// <summary>Its bytes. It is not opened before they are asked for.</summary>
    /// <exception cref="StoreException">It is missing, or of another length than was written.</exception>
    public IBlobSource Blob => _blob ??= Open(store, partition, file);

    /// <summary>Opens a file.</summary>
    /// <exception cref="StoreException">It is missing, or of another length than was written.</exception>
    public static IBlobSource Open(ICheckpointStore store, int partition, ArchiveFile file)
    {
        var blob = store.OpenBlob(partition, file.Number);
        if (blob.Length == file.Bytes && file.IndexAt >= 0 && file.Bytes - file.IndexAt is >= 0 and <= int.MaxValue)
        {
            return blob;
        }
        blob.Dispose();
        throw StoreErrors.Damaged(
            blob.Place,
            $"this file of the archive has {blob.Length} bytes where {file.Bytes} are expected, from {file.IndexAt} on its index"
        );
    }

    /// <summary>What the file holds of a customer; null for nothing, which takes no look at the file.</summary>
    /// <exception cref="StoreException">The file is not what was written, or cannot be read.</exception>
    public ArchivedCustomer? Find(int row)
    {
        if (!index.Contains(row))
        {
            return null;
        }
        _chunk ??= new(new(this));
        var (events, changes, accounts) = (
            Array.Empty<ArchivedEvent>(),
            new List<ArchivedChange>(),
            new AccountNumbers()
        );
        var first = index.ChunkOf(row);
        for (var i = first; i < index.EndOf(first); i++)
        {
            _chunk.Read(i);
            var customer = _chunk.CustomerOf(row);
            var before = events.Length;
            Array.Resize(ref events, before + _chunk.EventsOf(customer));
            _chunk.ReadEvents(customer, customer + 1, events.AsSpan(before));
            accounts.Renumber(events.AsSpan(before), _chunk);
            ArchivedChange.AddCopies(_chunk.ChangesOf(customer), changes);
        }
        return new(row, events, [.. changes], new ArchiveNames(index.EventTypes, index.Features, accounts.Ids));
    }

    /// <summary>Goes through all customers.</summary>
    public ArchiveCursor ReadAll() => new(this, 0, index.Chunks);

    public void Dispose() => _blob?.Dispose();
}
