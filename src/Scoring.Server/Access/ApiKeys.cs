using System.Collections.Concurrent;
using System.Security.Cryptography;
using Scoring.Core;

namespace Scoring.Server.Access;

/// <summary>The API keys: those in the store, which all servers share, and the one that this server's settings name.</summary>
internal sealed class ApiKeys(IDocuments documents, AccessOptions access, FrontOptions options, TimeProvider time)
{
    /// <summary>Most keys that there may be.</summary>
    public const int Most = 1_000;

    /// <summary>What is wrong with a key that is none, or none any more.</summary>
    public const string NotKnown = "The API key is not known; it may have been revoked.";

    private const string Document = "keys";

    private readonly ConcurrentDictionary<string, KeyUse> _uses = new(StringComparer.Ordinal);
    private volatile KeyRing? _ring;

    /// <summary>The keys in the store.</summary>
    public KeyRing Current
    {
        get
        {
            var document = documents.Follow(Document);
            return _ring is { } ring && ring.Version == document.Version ? ring : _ring = KeyRing.Read(document);
        }
    }

    /// <summary>A key of this id, one of the settings among them; null when there is none.</summary>
    public StoredKey? Find(string id) => access.AdminKey is { } admin && admin.Id == id ? admin : Current.Find(id);

    /// <summary>The key that a caller sent, if it is one and holds now; otherwise what is wrong with it.</summary>
    public StoredKey? Verify(string text, out string fault)
    {
        fault = NotKnown;
        if (!KeyText.TryRead(text, out var id, out var hash))
        {
            return null;
        }
        var key = Find(id);
        if (key is null || !CryptographicOperations.FixedTimeEquals(hash, key.Hash))
        {
            return null;
        }
        if (key.ExpiresAt <= time.GetUtcNow())
        {
            fault = $"The API key has expired at {key.ExpiresAt:u}.";
            return null;
        }
        return key;
    }

    /// <summary>What is kept in memory of a key's use.</summary>
    public KeyUse UseOf(StoredKey key) => _uses.GetOrAdd(key.Id, _ => new KeyUse(key, options));

    /// <summary>Adds a key, for which room is made by whoever revokes one.</summary>
    /// <exception cref="ScoringException">There are as many as there may be, or it cannot be stored at the moment.</exception>
    public async Task AddAsync(StoredKey key)
    {
        await ChangeAsync(ring =>
            ring.Count < Most
                ? ring.With(key)
                : throw new ScoringException(
                    ScoringError.LimitExceeded,
                    $"There are {Most:N0} API keys already, the most that there may be. Revoke those that nobody uses."
                )
        );
        await documents.AnnounceAsync();
    }

    /// <summary>Removes a key; false when somebody else has done so.</summary>
    /// <exception cref="ScoringException">It cannot be stored at the moment.</exception>
    public async Task<bool> RemoveAsync(StoredKey key)
    {
        var isRemoved = await ChangeAsync(ring => ring.Find(key.Id) is null ? null : ring.Without(key));
        // Also when another server removed it: nobody is to take it once this has been answered.
        await documents.AnnounceAsync();
        return isRemoved;
    }

    /// <summary>Stores when keys were used last, as far as that is news.</summary>
    /// <exception cref="ScoringException">It cannot be stored at the moment.</exception>
    public async Task SaveUsesAsync()
    {
        foreach (var id in _uses.Keys.Where(id => Find(id) is null))
        {
            _uses.TryRemove(id, out _);
        }
        var uses = _uses
            .Where(use => use.Value.TakeNews())
            .ToDictionary(use => use.Key, use => use.Value.LastUsedAt, StringComparer.Ordinal);
        if (uses.Keys.Any(id => Current.Find(id) is not null))
        {
            await ChangeAsync(ring => ring.With(uses));
        }
    }

    /// <summary>Changes the document, however many servers do so at once.</summary>
    /// <param name="change">Gives the new content, or null to leave it as it is.</param>
    private async Task<bool> ChangeAsync(Func<KeyRing, byte[]?> change)
    {
        while (true)
        {
            var ring = KeyRing.Read(await documents.ReadAsync(Document));
            if (change(ring) is not { } content)
            {
                return false;
            }
            if (await documents.TryPutAsync(Document, ring.Version, content))
            {
                return true;
            }
        }
    }
}
