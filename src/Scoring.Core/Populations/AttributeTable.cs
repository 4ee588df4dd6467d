namespace Scoring.Core.Populations;

/// <summary>The attributes of all customers of a population: a column per key, values as small numbers.</summary>
internal sealed class AttributeTable
{
    private readonly Dictionary<string, AttributeColumn> _columns = [];
    private readonly List<AttributeColumn> _inOrder = [];

    /// <summary>The columns, by number.</summary>
    public IReadOnlyList<AttributeColumn> Columns => _inOrder;

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
        }
        column.Set(row, value);
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
            .. _columns
                .Select(c => KeyValuePair.Create(c.Key, c.Value.Get(row)))
                .Where(attribute => attribute.Value.Length > 0)
                .OrderBy(attribute => attribute.Key, StringComparer.Ordinal),
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
