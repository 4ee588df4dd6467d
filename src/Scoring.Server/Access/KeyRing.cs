using System.Collections.Frozen;
using System.Text.Json;
using Scoring.Engine;

namespace Scoring.Server.Access;

/// <summary>All keys, as one version of the document that holds them has them.</summary>
internal sealed class KeyRing
{
    private readonly FrozenDictionary<string, StoredKey> _keys;

    private KeyRing(long version, IEnumerable<StoredKey> keys) =>
        (Version, _keys) = (version, keys.ToFrozenDictionary(key => key.Id, StringComparer.Ordinal));

    /// <summary>The version of the document.</summary>
    public long Version { get; }

    /// <summary>The keys by rising id.</summary>
    public IEnumerable<StoredKey> Keys => _keys.Values.OrderBy(key => key.Id, StringComparer.Ordinal);

    public int Count => _keys.Count;

    /// <exception cref="JsonException">The document is none of keys.</exception>
    public static KeyRing Read(SharedDocument document) =>
        new(
            document.Version,
            document.Content.Length == 0 ? [] : JsonSerializer.Deserialize<StoredKey[]>(document.Content)!
        );

    /// <summary>A key; null when there is none of this id.</summary>
    public StoredKey? Find(string id) => _keys.GetValueOrDefault(id);

    /// <summary>The document with a key more, or another in its place.</summary>
    public byte[] With(StoredKey key) => Write(_keys.Values.Where(known => known.Id != key.Id).Append(key));

    /// <summary>The document without a key.</summary>
    public byte[] Without(StoredKey key) => Write(_keys.Values.Where(known => known.Id != key.Id));

    /// <summary>The document with other times of last use.</summary>
    public byte[] With(IReadOnlyDictionary<string, DateTimeOffset> uses) =>
        Write(
            _keys.Values.Select(key =>
                uses.TryGetValue(key.Id, out var use) && !(key.LastUsedAt >= use) ? key with { LastUsedAt = use } : key
            )
        );

    private static byte[] Write(IEnumerable<StoredKey> keys) =>
        JsonSerializer.SerializeToUtf8Bytes(keys.OrderBy(key => key.Id, StringComparer.Ordinal));
}
