namespace Scoring.Cli.Import.Sources;

/// <summary>One row: its columns by name, all text. A row that could not be read says why and has none.</summary>
internal sealed class Row
{
    /// <summary>What templates call <see cref="Number"/> and <see cref="Hash"/>; no columns of the file.</summary>
    public const string NumberName = "#row";

    /// <inheritdoc cref="NumberName"/>
    public const string HashName = "#hash";

    private static readonly IReadOnlyDictionary<string, int> NoPlaces = new Dictionary<string, int>();

    private readonly IReadOnlyDictionary<string, int> _places;
    private readonly string[] _values;

    public Row(long line, IReadOnlyDictionary<string, int> places, string[] values)
    {
        Line = Number = line;
        _places = places;
        _values = values;
    }

    /// <summary>Where the row begins in its file, from 1.</summary>
    public long Line { get; }

    /// <summary>Where it began in the file that it was first read from, from 1: the line, except in a file of rejected rows.</summary>
    public long Number { get; private init; }

    /// <summary>
    /// Tells the row from all others of its file by content: a hash of that, and which of the rows with the same content it is. Empty unless the
    /// mapping reads it.
    /// </summary>
    public string Hash { get; set; } = "";

    /// <summary>The only rule that is to take the row; empty for all of them.</summary>
    public string OnlyRule { get; private init; } = "";

    /// <summary>Why the row could not be read; null when it could.</summary>
    public string? Error { get; private init; }

    /// <summary>The text of a row that could not be read; empty otherwise.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The columns that the row has.</summary>
    public IEnumerable<string> Columns => _places.Keys;

    /// <summary>The text of a column; empty when the row has none.</summary>
    public string this[string column] => _places.TryGetValue(column, out var place) ? _values[place] : string.Empty;

    /// <summary>The same row, as it was known where it was first read from.</summary>
    public Row WithIdentity(long number, string hash, string onlyRule) =>
        new(Line, _places, _values)
        {
            Number = number,
            Hash = hash,
            OnlyRule = onlyRule,
        };

    public static Row Malformed(long line, string text, string error) =>
        new(line, NoPlaces, []) { Text = text, Error = error };
}
