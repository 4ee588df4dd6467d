using System.Text;
using Scoring.Core.Scores;
using Scoring.Core.Serialization;

namespace Scoring.Core.Populations;

/// <summary>The attributes of all customers of a population: a column per key, values as small numbers.</summary>
/// <remarks>A key that no row has any more is none: it counts for no bound, and its column is taken for the next new key.</remarks>
internal sealed class AttributeTable : IAttributeSource
{
    private const int OrdinaryChars = 256;

    private readonly Dictionary<string, AttributeColumn> _columns = new(StringComparer.Ordinal);
    private readonly List<AttributeColumn> _inOrder = [];

    private readonly Stack<AttributeColumn> _empty = [];

    // The stored form has them so: by key (ordinal).
    private readonly SortedList<string, AttributeColumn> _byKey = new(StringComparer.Ordinal);

    /// <summary>The columns, by number.</summary>
    public IReadOnlyList<AttributeColumn> Columns => _inOrder;

    /// <summary>The keys that rows have.</summary>
    public IReadOnlyCollection<string> Keys => _columns.Keys;

    /// <summary>How many rows have a key.</summary>
    public int HoldersOf(string key) => _columns.TryGetValue(key, out var column) ? column.Holders : 0;

    /// <summary>The column of a key; null when no row has it.</summary>
    public AttributeColumn? Find(string key) => _columns.GetValueOrDefault(key);

    /// <summary>The UTC day that a value of a key was last set on; null when that is not known.</summary>
    public int? LastDayOf(string key) =>
        _columns.TryGetValue(key, out var column) && column.LastDay is var day and >= 0 ? day : null;

    /// <inheritdoc/>
    public string ValueOf(int row, string key) => Find(key)?.Get(row) ?? "";

    /// <summary>Notes that a value of a key was set on a UTC day; nothing when no row has it.</summary>
    public void Use(string key, int day)
    {
        if (_columns.TryGetValue(key, out var column))
        {
            column.LastDay = Math.Max(column.LastDay, day);
        }
    }

    /// <summary>Removes a key from a row; false when it does not have it.</summary>
    public bool Remove(int row, string key)
    {
        if (!_columns.TryGetValue(key, out var column) || column.NumberOf(row) == 0)
        {
            return false;
        }
        column.Set(row, "");
        if (column.Holders == 0)
        {
            _columns.Remove(key);
            _byKey.Remove(key);
            column.LastDay = -1;
            _empty.Push(column);
        }
        return true;
    }

    /// <summary>Whether attributes of a row could be set: so many keys at most would be there, those that it is the last to have being gone.</summary>
    /// <param name="row">The row; -1 for a new one.</param>
    /// <param name="attributes">The attributes; an empty value removes one.</param>
    /// <param name="most">The bound.</param>
    public bool HasRoomFor(int row, IReadOnlyList<KeyValuePair<string, string>> attributes, int most)
    {
        var keys = _columns.Count;
        foreach (var (key, value) in attributes)
        {
            var isKnown = _columns.TryGetValue(key, out var column);
            if (value.Length > 0 && !isKnown)
            {
                keys++;
            }
            else if (value.Length == 0 && isKnown && row >= 0)
            {
                keys -= column!.NumberOf(row) > 0 && column.Holders == 1 ? 1 : 0;
            }
        }
        // Keys may be above the bound already, by one that was set higher.
        return keys <= Math.Max(most, _columns.Count);
    }

    /// <summary>Sets attributes of a row on a UTC day; an empty value removes one. What is removed makes room for what comes.</summary>
    public void Set(int row, IReadOnlyList<KeyValuePair<string, string>> attributes, int day)
    {
        foreach (var (key, value) in attributes)
        {
            if (value.Length == 0)
            {
                _ = Remove(row, key);
            }
        }
        foreach (var (key, value) in attributes)
        {
            if (value.Length > 0)
            {
                Set(row, key, value);
                Use(key, day);
            }
        }
    }

    /// <summary>Sets an attribute of a row from its stored form; makes no strings of what is known.</summary>
    public void Set(int row, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<char> chars = stackalloc char[OrdinaryChars];
        if (
            key.Length <= chars.Length
            && value.Length <= chars.Length
            && _columns.GetAlternateLookup<ReadOnlySpan<char>>() is var columns
            && columns.TryGetValue(chars[..Encoding.UTF8.GetChars(key, chars)], out var column)
            && column.TrySet(row, chars[..Encoding.UTF8.GetChars(value, chars)])
        )
        {
            return;
        }
        Set(row, Encoding.UTF8.GetString(key), Encoding.UTF8.GetString(value));
    }

    /// <summary>Writes the attributes of a row in their stored form: how many, then keys and values, by key (ordinal).</summary>
    public void Write(int row, ref RecordWriter writer)
    {
        var count = 0;
        for (var i = 0; i < _byKey.Count; i++)
        {
            count += _byKey.GetValueAtIndex(i).NumberOf(row) > 0 ? 1 : 0;
        }
        writer.Count(count);
        for (var i = 0; i < _byKey.Count; i++)
        {
            var column = _byKey.GetValueAtIndex(i);
            if (column.NumberOf(row) > 0)
            {
                writer.Text(_byKey.GetKeyAtIndex(i));
                writer.Text(column.Get(row));
            }
        }
    }

    /// <summary>The attributes of a row, by key (ordinal).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Of(int row) =>
        [
            .. _byKey
                .Select(c => KeyValuePair.Create(c.Key, c.Value.Get(row)))
                .Where(attribute => attribute.Value.Length > 0),
        ];

    private void Set(int row, string key, string value)
    {
        if (!_columns.TryGetValue(key, out var column))
        {
            column = Add(key);
        }
        column.Set(row, value);
    }

    private AttributeColumn Add(string key)
    {
        if (!_empty.TryPop(out var column))
        {
            column = new AttributeColumn(_inOrder.Count);
            _inOrder.Add(column);
        }
        _columns.Add(key, column);
        _byKey.Add(key, column);
        return column;
    }
}
