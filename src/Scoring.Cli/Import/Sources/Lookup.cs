using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>The rows of a joined file by key. Holds the whole file, therefore bounded.</summary>
internal sealed class Lookup
{
    private const int MaxRows = 5_000_000;

    private readonly Dictionary<string, Entry[]> _entries;

    private Lookup(Dictionary<string, Entry[]> entries) => _entries = entries;

    /// <summary>Reads a joined file.</summary>
    /// <exception cref="CommandFailedException">
    /// A row cannot be read, a key occurs twice where one row is wanted, or a row has no instant to choose by.
    /// </exception>
    public static Lookup Load(SourceFile file, JoinMapping join, IEnumerable<RequiredColumn> columns)
    {
        var byKey = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        var rows = 0;
        foreach (var row in file.Read(columns))
        {
            if (row.Error is not null)
            {
                throw new CommandFailedException($"{file.Path}:{row.Line}: {row.Error}; a joined file must be whole");
            }

            if (++rows > MaxRows)
            {
                throw new CommandFailedException($"{file.Path}: a joined file may have {MaxRows} rows at most");
            }

            var key = row[join.Key];
            if (!byKey.TryGetValue(key, out var entries))
            {
                byKey[key] = entries = [];
            }
            else if (join.Latest is null)
            {
                throw new CommandFailedException(
                    $"{file.Path}:{row.Line}: {join.Key} = '{key}' occurs in line {entries[0].Row.Line} too, and the join "
                        + $"'{join.Name}' does not say which to take; add 'latest'"
                );
            }

            entries.Add(new Entry(row, Instant(file, join, row), join.Latest is null ? "" : row[join.Latest.Ties]));
        }

        return new Lookup(byKey.ToDictionary(pair => pair.Key, pair => Sorted(pair.Value), StringComparer.Ordinal));
    }

    /// <summary>The row with the key; null when there is none.</summary>
    public Row? Only(string key) => _entries.TryGetValue(key, out var entries) ? entries[0].Row : null;

    /// <summary>The row with the key and the latest instant on or before a limit.</summary>
    public Row? Latest(string key, DateTimeOffset limit, bool otherwiseEarliest)
    {
        if (!_entries.TryGetValue(key, out var entries))
        {
            return null;
        }

        var after = Array.FindIndex(entries, entry => entry.Instant > limit);
        return after switch
        {
            -1 => entries[^1].Row,
            0 => otherwiseEarliest ? entries[0].Row : null,
            _ => entries[after - 1].Row,
        };
    }

    private static DateTimeOffset Instant(SourceFile file, JoinMapping join, Row row)
    {
        if (join.Latest is null)
        {
            return default;
        }

        var text = row[join.Latest.By];
        return file.Mapping.Timestamps.TryParse(text, out var instant)
            ? instant
            : throw new CommandFailedException(
                $"{file.Path}:{row.Line}: {join.Latest.By} = '{text}' is not a time of the form {file.Mapping.Timestamps}; "
                    + $"the join '{join.Name}' chooses by it"
            );
    }

    // Stable, so that rows that agree in everything stay in the file's order and the later line counts as the later row.
    private static Entry[] Sorted(List<Entry> entries) =>
        [.. entries.OrderBy(entry => entry.Instant).ThenBy(entry => entry.Tie, StringComparer.Ordinal)];

    private readonly record struct Entry(Row Row, DateTimeOffset Instant, string Tie);
}
