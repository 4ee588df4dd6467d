using CsvHelper;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>Rows of a CSV file (RFC 4180) whose first line names the columns.</summary>
internal static class CsvRows
{
    // A quote that is never closed would otherwise read the rest of the file into one field.
    private const int MaxRecordBytes = 1 << 20;

    public static IEnumerable<Row> Read(SourceFile file, TextReader reader, IReadOnlyList<RequiredColumn> columns)
    {
        var malformed = new Dictionary<long, CsvMalformedReason>();
        var options = new CsvReaderOptions
        {
            Separator = file.Mapping.Delimiter,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = record => malformed.TryAdd(record.LineNumber, record.Reason),
        };
        using var csv = CsvReader.Create(reader, options, leaveOpen: true);
        Dictionary<string, int>? header = null;
        while (TryRead(file, csv))
        {
            header ??= Header(file, csv, columns);
            var row = csv.Current;
            var line = csv.LineNumber;
            yield return malformed.Remove(line, out var reason) ? Row.Malformed(line, Explain(reason))
            : row.FieldCount != header.Count
                ? Row.Malformed(line, $"{row.FieldCount} fields where the header has {header.Count}")
            : new Row(line, header, row.ToArray());
        }

        _ = header ?? Header(file, csv, columns);
    }

    private static bool TryRead(SourceFile file, CsvReader csv)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException e)
        {
            throw new CommandFailedException(
                $"{file.Path}:{Math.Max(e.LineNumber, 1)}: not CSV ({e.Message}); a row may have {MaxRecordBytes} bytes: is a "
                    + "quote not closed?",
                e
            );
        }
    }

    private static string Explain(CsvMalformedReason reason) =>
        reason switch
        {
            CsvMalformedReason.StrayQuote => "a quote inside a field that does not begin with one",
            CsvMalformedReason.TextAfterClosingQuote => "text after the closing quote of a field",
            CsvMalformedReason.UnterminatedQuote => "a quote that is not closed before the end of the file",
            _ => reason.ToString(),
        };

    private static Dictionary<string, int> Header(SourceFile file, CsvReader csv, IReadOnlyList<RequiredColumn> columns)
    {
        string[] names = [.. csv.Headers];
        if (names.Length == 0)
        {
            throw new CommandFailedException($"{file.Path}:1: the file is empty; the first line must name the columns");
        }

        var places = Places(file, names);
        foreach (var column in columns)
        {
            if (!places.ContainsKey(column.Column))
            {
                throw new CommandFailedException(
                    $"{file.Path}:1: there is no column '{column.Column}', which the mapping reads in line "
                        + $"{column.MappingLine} ({column.Field}); the header has {string.Join(", ", names)}"
                );
            }
        }

        return places;
    }

    private static Dictionary<string, int> Places(SourceFile file, string[] names)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            if (!places.TryAdd(names[i].Trim(), i))
            {
                throw new CommandFailedException(
                    $"{file.Path}:1: the header names the column '{names[i]}' twice; rename one"
                );
            }
        }

        return places;
    }
}
