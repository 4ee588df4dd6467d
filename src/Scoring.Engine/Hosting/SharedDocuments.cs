using System.Collections.Concurrent;
using Scoring.Engine.Checkpoints;

namespace Scoring.Engine.Hosting;

/// <summary>The documents that users of a store keep in it; those that are followed are read again whenever the models are.</summary>
internal sealed class SharedDocuments(StoreContents store)
{
    private readonly ConcurrentDictionary<string, SharedDocument> _followed = new(StringComparer.Ordinal);

    /// <summary>A document as it was when it was put or read again last.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public SharedDocument Followed(string name) =>
        _followed.TryGetValue(name, out var document) ? document : Read(name, follow: true);

    /// <summary>A document as it is in the store.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public SharedDocument Read(string name) => Read(name, follow: _followed.ContainsKey(name));

    /// <summary>Replaces a version of a document; false when that is not the newest. By the thread that writes to the store.</summary>
    /// <exception cref="Storage.StoreFailure">It cannot be stored at the moment.</exception>
    public bool TryPut(string name, long replaced, byte[] content)
    {
        var isPut = store.TryPutShared(name, replaced + 1, content);
        if (_followed.ContainsKey(name))
        {
            Follow(name, isPut ? new(replaced + 1, content) : store.ReadShared(name));
        }
        return isPut;
    }

    /// <summary>Reads those again that are followed.</summary>
    /// <exception cref="StoreException">One cannot be read.</exception>
    public void Refresh()
    {
        foreach (var name in _followed.Keys)
        {
            Read(name, follow: true);
        }
    }

    private SharedDocument Read(string name, bool follow)
    {
        var found = store.ReadShared(name);
        return follow ? Follow(name, found) : found;
    }

    // Two may read at once, and the one that read first may come last.
    private SharedDocument Follow(string name, SharedDocument found) =>
        _followed.AddOrUpdate(name, found, (_, known) => known.Version >= found.Version ? known : found);
}
