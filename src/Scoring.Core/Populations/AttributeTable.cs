using System.Text;
using Scoring.Core.Serialization;

namespace Scoring.Core.Populations;

/// <summary>The attributes of all customers of a population: a column per key, values as small numbers.</summary>
internal sealed class AttributeTable
{
    private const int OrdinaryChars = 256;

    private readonly Dictionary<string, AttributeColumn> _columns = new(StringComparer.Ordinal);
    private readonly List<AttributeColumn> _inOrder = [];

    // The stored form has them so: by key (ordinal).
    private readonly SortedList<string, AttributeColumn> _byKey = new(StringComparer.Ordinal);

    /// <summary>The columns, by number.</summary>
    public IReadOnlyList<AttributeColumn> Columns => _inOrder;

    /// <summary>The keys that were set.</summary>
    public IReadOnlyCollection<string> Keys => _columns.Keys;

    /// <summary>Whether a key could be set: it is known, or there is room for one more.</summary>
    public bool HasRoomFor(IEnumerable<string> keys) =>
        _columns.Count + keys.Where(key => !_columns.ContainsKey(key)).Distinct().Count() <= Limits.Attributes;

    /// <summary>Sets an attribute of a row; an empty value removes it.</summary>
    public void Set(int row, string key, string value)
    {
        if (!_columns.TryGetValue(key, out var column))
        {
            if (value.Length == 0)
            {
                return;
            }
            _columns[key] = column = new AttributeColumn(_inOrder.Count);
            _inOrder.Add(column);
            _byKey.Add(key, column);
        }
        column.Set(row, value);
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

    /// <summary>Removes all attributes of a row.</summary>
    public void Clear(int row)
    {
        foreach (var column in _columns.Values)
        {
            column.Set(row, "");
        }
    }

    /// <summary>The attributes of a row, by key (ordinal).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Of(int row) =>
        [
            .. _byKey
                .Select(c => KeyValuePair.Create(c.Key, c.Value.Get(row)))
                .Where(attribute => attribute.Value.Length > 0),
        ];

    /// <summary>The clauses of a filter as tests on rows; null when a clause can match nobody.</summary>
    public RowFilter? Compile(IReadOnlyList<KeyValuePair<string, string>> clauses)
    {
        var tests = new RowFilter.Test[clauses.Count];
        for (var i = 0; i < tests.Length; i++)
        {
            if (!_columns.TryGetValue(clauses[i].Key, out var column) || column.Find(clauses[i].Value) is not { } value)
            {
                return null;
            }
            tests[i] = new(column, value);
        }
        return new RowFilter(tests);
    }
}
