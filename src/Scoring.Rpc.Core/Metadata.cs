using System.Buffers;
using System.Collections;

namespace Scoring.Rpc;

/// <summary>Headers or trailers of a call that are the application's own; a key may have several values, in order.</summary>
/// <remarks>
/// Keys are case-insensitive and kept in lower case; they consist of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>. Keys that end
/// in <c>-bin</c> hold bytes, all others printable ASCII. Keys that start with <c>grpc-</c>, <c>connect-</c> or <c>:</c>, and those of HTTP itself, belong
/// to the protocols and are refused. Several text values of one key may arrive joined by <c>, </c>, as HTTP allows. Not safe for
/// concurrent use.
/// </remarks>
public sealed class Metadata : IReadOnlyCollection<MetadataEntry>
{
    internal const string BinarySuffix = "-bin";

    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-_."
    );

    private readonly List<MetadataEntry> _entries = [];

    /// <inheritdoc />
    public int Count => _entries.Count;

    /// <summary>Adds a text value.</summary>
    /// <param name="key">A key that does not end in <c>-bin</c>.</param>
    /// <param name="value">Printable ASCII, without spaces at its ends.</param>
    /// <exception cref="ArgumentException">The key or the value is not allowed.</exception>
    public void Add(string key, string value)
    {
        var lower = CheckedKey(key);
        if (IsBinary(lower))
        {
            throw new ArgumentException($"Metadata '{lower}' ends in -bin and takes bytes.", nameof(key));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') || value.AsSpan().Trim(' ').Length != value.Length)
        {
            throw new ArgumentException(
                $"The value of metadata '{lower}' must be printable ASCII without spaces at its ends; a key that ends in -bin takes any bytes.",
                nameof(value)
            );
        }

        _entries.Add(new MetadataEntry(lower, value, default));
    }

    /// <summary>Adds a binary value.</summary>
    /// <param name="key">A key that ends in <c>-bin</c>.</param>
    /// <param name="value">Any bytes; kept as they are, not copied.</param>
    /// <exception cref="ArgumentException">The key is not allowed.</exception>
    public void Add(string key, ReadOnlyMemory<byte> value)
    {
        var lower = CheckedKey(key);
        if (!IsBinary(lower))
        {
            throw new ArgumentException($"Metadata '{lower}' takes bytes only if its key ends in -bin.", nameof(key));
        }

        _entries.Add(new MetadataEntry(lower, null, value));
    }

    /// <summary>Adds all entries of another.</summary>
    /// <param name="other">The entries; they keep their order.</param>
    public void AddRange(Metadata other) => _entries.AddRange(other._entries);

    /// <summary>The last text value of a key, or null if there is none.</summary>
    /// <param name="key">Case-insensitive.</param>
    public string? GetText(string key)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Text is { } text && Matches(_entries[i], key))
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The last binary value of a key, or null if there is none.</summary>
    /// <param name="key">Case-insensitive; ends in <c>-bin</c>.</param>
    public ReadOnlyMemory<byte>? GetBytes(string key)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Text is null && Matches(_entries[i], key))
            {
                return _entries[i].Bytes;
            }
        }

        return null;
    }

    /// <summary>All entries of a key, in order.</summary>
    /// <param name="key">Case-insensitive.</param>
    public IEnumerable<MetadataEntry> GetAll(string key) => _entries.Where(entry => Matches(entry, key));

    /// <inheritdoc />
    public IEnumerator<MetadataEntry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsBinary(string key) => key.EndsWith(BinarySuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes an entry from the wire, where what a peer sends is taken as it is.</summary>
    internal void AddReceived(in MetadataEntry entry) => _entries.Add(entry);

    private static bool Matches(in MetadataEntry entry, string key) =>
        string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);

    private static string CheckedKey(string key)
    {
        var lower = key.ToLowerInvariant();
        if (lower.Length == 0 || lower.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new ArgumentException(
                $"Metadata key '{key}' must consist of letters, digits, '-', '_' and '.'.",
                nameof(key)
            );
        }

        if (ReservedHeaders.Contains(lower))
        {
            throw new ArgumentException($"Metadata key '{key}' belongs to the protocol.", nameof(key));
        }

        return lower;
    }
}
