using System.Text;
using CsvHelper;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Sources;

/// <summary>Records of CSV (RFC 4180).</summary>
internal static class CsvRecords
{
    // A quote that is never closed would otherwise read the rest of the file into one field.
    private const int MaxRecordBytes = TextLines.MaxLength;

    public static IEnumerable<TextRecord> Read(string path, TextReader reader, char separator)
    {
        var malformed = new Dictionary<long, CsvMalformedReason>();
        var options = new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            TrackLineNumbers = true,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = record => malformed.TryAdd(record.LineNumber, record.Reason),
        };
        using var csv = CsvReader.Create(reader, options, leaveOpen: true);
        while (TryRead(path, csv))
        {
            yield return new TextRecord(
                csv.LineNumber,
                csv.Current.ToArray(),
                Encoding.UTF8.GetString(csv.RawRecord),
                malformed.Remove(csv.LineNumber, out var reason) ? Explain(reason) : null
            );
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
