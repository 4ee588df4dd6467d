using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;

namespace Scoring.Cli.Import.Mapping;

/// <summary>The rows of a joined file by key. Holds the whole file, therefore bounded.</summary>
internal sealed class Lookup
{
    private const int MaxRows = 5_000_000;

    private readonly Dictionary<string, Entry[]> _entries;

    private Lookup(Dictionary<string, Entry[]> entries) => _entries = entries;

    /// <summary>Reads a joined file.</summary>
    /// <param name="path">The file, for people.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="timestamps">The forms of its instants.</param>
    /// <param name="join">What is looked up in it.</param>
    /// <exception cref="CommandFailedException">
    /// A row cannot be read, a key occurs twice where one row is wanted, or a row has no instant to choose by.
    /// </exception>
    public static Lookup Load(string path, IEnumerable<Row> rows, TimestampFormats timestamps, JoinMapping join)
    {
        var byKey = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        var count = 0;
        foreach (var row in rows)
        {
            if (row.Error is not null)
            {
                throw new CommandFailedException($"{path}:{row.Line}: {row.Error}; a joined file must be whole");
            }

            if (++count > MaxRows)
            {
                throw new CommandFailedException($"{path}: a joined file may have {MaxRows} rows at most");
            }

            var key = row[join.Key];
            if (!byKey.TryGetValue(key, out var entries))
            {
                byKey[key] = entries = [];
            }
            else if (join.Latest is null)
            {
                throw new CommandFailedException(
                    $"{path}:{row.Line}: {join.Key} = '{key}' occurs in line {entries[0].Row.Line} too, and the join "
                        + $"'{join.Name}' does not say which to take; add 'latest'"
                );
            }

            entries.Add(
                new Entry(row, Instant(path, timestamps, join, row), join.Latest is null ? "" : row[join.Latest.Ties])
            );
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

    private static DateTimeOffset Instant(string path, TimestampFormats timestamps, JoinMapping join, Row row)
    {
        if (join.Latest is null)
        {
            return default;
        }

        var text = row[join.Latest.By];
        return timestamps.TryParse(text, out var instant)
            ? instant
            : throw new CommandFailedException(
                $"{path}:{row.Line}: {join.Latest.By} = '{text}' is not a time of the form {timestamps}; "
                    + $"the join '{join.Name}' chooses by it"
            );
    }

    // Stable, so that rows that agree in everything stay in the file's order and the later line counts as the later row.
    private static Entry[] Sorted(List<Entry> entries) =>
        [.. entries.OrderBy(entry => entry.Instant).ThenBy(entry => entry.Tie, StringComparer.Ordinal)];

    private readonly record struct Entry(Row Row, DateTimeOffset Instant, string Tie);
}
