namespace Scoring.Core.Populations;

/// <summary>The attributes of all customers of a population: a column per key, values as small numbers.</summary>
internal sealed class AttributeTable
{
    private readonly Dictionary<string, Column> _columns = [];

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
            _columns[key] = column = new Column();
        }
        column.Set(row, value);
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
    public RowTest[]? Compile(IReadOnlyList<KeyValuePair<string, string>> clauses)
    {
        var tests = new RowTest[clauses.Count];
        for (var i = 0; i < tests.Length; i++)
        {
            if (!_columns.TryGetValue(clauses[i].Key, out var column) || column.Find(clauses[i].Value) is not { } value)
            {
                return null;
            }
            tests[i] = new RowTest(column.Rows, value);
        }
        return tests;
    }

    /// <summary>Whether a row has one value in one column.</summary>
    internal readonly record struct RowTest(ReadOnlyMemory<int> Rows, int Value)
    {
        public bool Passes(int row) => row < Rows.Length && Rows.Span[row] == Value;
    }

    private sealed class Column
    {
        // 0 stands for "has none".
        private readonly Dictionary<string, int> _numbers = new() { [""] = 0 };
        private readonly List<string> _values = [""];
        private int[] _rows = [];

        public ReadOnlyMemory<int> Rows => _rows;

        public int? Find(string value) =>
            value.Length > 0 && _numbers.TryGetValue(value, out var number) ? number : null;

        public string Get(int row) => row < _rows.Length ? _values[_rows[row]] : "";

        public void Set(int row, string value)
        {
            if (!_numbers.TryGetValue(value, out var number))
            {
                number = _values.Count;
                _numbers[value] = number;
                _values.Add(value);
            }
            if (row >= _rows.Length)
            {
                Array.Resize(ref _rows, Math.Max(row + 1, Math.Max(256, _rows.Length * 2)));
            }
            _rows[row] = number;
        }
    }
}
