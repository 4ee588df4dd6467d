using System.Globalization;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary>A file of corrections: CSV with a header, or a JSON object on each line.</summary>
internal static class CorrectionFile
{
    private const string New = "new_";
    private const string Account = "new_account_id";
    private static readonly string[] Required = ["customer_id", "event_type", "occurred_at"];

    /// <summary>Reads all of it, before anything is corrected.</summary>
    /// <exception cref="CommandFailedException">It cannot be read, or something in it.</exception>
    public static List<PlacedCorrection> Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var corrections = new List<PlacedCorrection>();
            var alike = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var row in RowsOf(path, reader))
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"{path}:{row.Line}");
                if (row.Error is { } error)
                {
                    throw new CommandFailedException($"{place}: {error}");
                }
                var correction = Of(row, place);
                if (correction.CorrectionId.Length == 0)
                {
                    var id = CorrectionIds.Of(correction, number: 0);
                    var number = alike.GetValueOrDefault(id);
                    alike[id] = number + 1;
                    correction.CorrectionId = CorrectionIds.Of(correction, number);
                }
                corrections.Add(new(place, correction));
            }
            return corrections.Count > 0 ? corrections : throw new CommandFailedException($"{path}: it has no events");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new CommandFailedException($"{path}: {e.Message}", e);
        }
    }

    private static IEnumerable<Row> RowsOf(string path, TextReader reader) =>
        Path.GetExtension(path) is ".jsonl" or ".ndjson"
            ? JsonLineRows.Read(path, reader)
            : TableRows.Read(
                path,
                CsvRecords.Read(path, reader, Delimiter.Comma.Character),
                hasHeader: true,
                columns: []
            );

    private static EventCorrection Of(Row row, string place)
    {
        if (Array.Find(Required, column => row[column].Length == 0) is { } missing)
        {
            throw new CommandFailedException($"{place}: {missing} is needed to find the event");
        }
        var wrong = EventOf(row, "", place, null);
        wrong.CustomerId = row["customer_id"];
        var correction = new EventCorrection { CorrectionId = row["correction_id"], Event = wrong };
        if (row.Columns.Any(column => column.StartsWith(New, StringComparison.Ordinal) && row[column].Length > 0))
        {
            correction.Replacement = EventOf(row, New, place, wrong);
            correction.Replacement.AccountId = row[Account];
        }
        return correction;
    }

    /// <summary>An event; type and time of one that takes the place of another are that one's, unless given.</summary>
    private static Event EventOf(Row row, string prefix, string place, Event? replaced)
    {
        var item = new Event
        {
            Type = row[$"{prefix}event_type"] is { Length: > 0 } type ? type : replaced!.Type,
            OccurredAt = row[$"{prefix}occurred_at"] is { Length: > 0 } time
                ? TimeOf(time, $"{prefix}occurred_at", place)
                : replaced!.OccurredAt,
            Feature = row[$"{prefix}feature"],
        };
        if (row[$"{prefix}value"] is { Length: > 0 } text)
        {
            item.Value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new CommandFailedException($"{place}: {prefix}value must be a number, not '{text}'");
        }
        return item;
    }

    private static Timestamp TimeOf(string text, string column, string place) =>
        TimestampFormats.Default.TryParse(text, out var instant)
            ? Timestamp.FromDateTimeOffset(instant)
            : throw new CommandFailedException(
                $"{place}: {column} must be a time such as 2026-01-31T12:30:00Z, not '{text}'"
            );
}
