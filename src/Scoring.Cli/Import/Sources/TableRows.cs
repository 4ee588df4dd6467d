using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>Rows of records of which the first may name the columns.</summary>
internal static class TableRows
{
    /// <summary>The rows; one with more or fewer fields than there are columns is malformed.</summary>
    /// <exception cref="CommandFailedException">A column is missing, or named twice.</exception>
    public static IEnumerable<Row> Read(
        string path,
        IEnumerable<TextRecord> records,
        bool hasHeader,
        IReadOnlyList<RequiredColumn> columns
    )
    {
        Dictionary<string, int>? places = null;
        foreach (var record in records)
        {
            if (places is null)
            {
                places = hasHeader
                    ? ColumnPlaces.Named(path, record.Fields, columns)
                    : ColumnPlaces.Numbered(path, record.Fields.Length, columns);
                if (hasHeader)
                {
                    continue;
                }
            }

            var error =
                record.Error
                ?? (
                    record.Fields.Length == places.Count
                        ? null
                        : $"{record.Fields.Length} fields where the {(hasHeader ? "header" : "first row")} has {places.Count}"
                );
            yield return error is null
                ? new Row(record.Line, places, record.Fields)
                : Row.Malformed(record.Line, record.Text, error);
        }

        if (places is null && hasHeader)
        {
            _ = ColumnPlaces.Named(path, [], columns);
        }
    }
}

/// <summary>One record of a text: its fields, and what is wrong with it.</summary>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="Text">The record as it stands there.</param>
/// <param name="Error">Why it cannot be read; null when it can.</param>
internal readonly record struct TextRecord(long Line, string[] Fields, string Text, string? Error = null);
