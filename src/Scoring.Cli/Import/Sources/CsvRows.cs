using System.Text;
using CsvHelper;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>Rows of a CSV file (RFC 4180).</summary>
internal static class CsvRows
{
    // A quote that is never closed would otherwise read the rest of the file into one field.
    private const int MaxRecordBytes = TextLines.MaxLength;

    public static IEnumerable<Row> Read(
        string path,
        TextReader reader,
        char separator,
        bool hasHeader,
        IReadOnlyList<RequiredColumn> columns
    )
    {
        var malformed = new Dictionary<long, CsvMalformedReason>();
        var options = new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = hasHeader,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = record => malformed.TryAdd(record.LineNumber, record.Reason),
        };
        using var csv = CsvReader.Create(reader, options, leaveOpen: true);
        Dictionary<string, int>? places = null;
        while (TryRead(path, csv))
        {
            places ??= hasHeader
                ? ColumnPlaces.Named(path, [.. csv.Headers], columns)
                : ColumnPlaces.Numbered(path, csv.FieldCount, columns);
            var line = csv.LineNumber;
            var text = Encoding.UTF8.GetString(csv.RawRecord);
            yield return malformed.Remove(line, out var reason)
                ? Row.Malformed(line, text, Explain(reason))
                : Row.Of(line, places, csv.Current.ToArray(), text, hasHeader);
        }

        if (places is null && hasHeader)
        {
            _ = ColumnPlaces.Named(path, [.. csv.Headers], columns);
        }
    }

    private static bool TryRead(string path, CsvReader csv)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException e)
        {
            throw new CommandFailedException(
                $"{path}:{Math.Max(e.LineNumber, 1)}: not CSV ({e.Message}); a row may have {MaxRecordBytes} bytes: is a "
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
}
