namespace Scoring.Cli.Import.Sources;

/// <summary>What a file is written in.</summary>
internal enum SourceFormat
{
    /// <summary>Comma-separated values with a header (RFC 4180).</summary>
    Csv,

    /// <summary>One JSON object per line.</summary>
    JsonLines,
}

/// <summary>One row: its columns by name, all text. A row that could not be read says why and has none.</summary>
internal sealed class Row
{
    private readonly IReadOnlyDictionary<string, int> _places;
    private readonly string[] _values;

    public Row(long line, IReadOnlyDictionary<string, int> places, string[] values)
    {
        Line = line;
        _places = places;
        _values = values;
    }

    private Row(long line, string error)
        : this(line, new Dictionary<string, int>(StringComparer.Ordinal), []) => Error = error;

    /// <summary>Where the row begins in its file, from 1.</summary>
    public long Line { get; }

    /// <summary>Why the row could not be read; null when it could.</summary>
    public string? Error { get; }

    /// <summary>The text of a column; empty when the row has none.</summary>
    public string this[string column] => _places.TryGetValue(column, out var place) ? _values[place] : string.Empty;

    public static Row Malformed(long line, string error) => new(line, error);
}
