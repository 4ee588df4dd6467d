using System.Text;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>A file that says to whom something happened, and when.</summary>
internal static class OutcomeFile
{
    /// <summary>Reads customer ids and times; a first line without a time is a header.</summary>
    /// <exception cref="CommandFailedException">It cannot be read, or a line has no time.</exception>
    public static async Task<IReadOnlyList<OutcomeOfCustomer>> ReadAsync(
        FileInfo file,
        CancellationToken cancellationToken
    )
    {
        var text = Encoding.UTF8.GetString(await SavedModels.ReadBytesAsync(file, cancellationToken));
        using var reader = new StringReader(text.TrimStart('\uFEFF'));
        var customers = new List<OutcomeOfCustomer>();
        var isFirst = true;
        foreach (var record in CsvRecords.Read(file.ToString(), reader, ','))
        {
            if (record.Fields is [var id, var at, ..] && TimestampFormats.Default.TryParse(at, out var time))
            {
                customers.Add(new() { CustomerId = id, Time = Timestamp.FromDateTimeOffset(time) });
            }
            else if (!isFirst)
            {
                throw new CommandFailedException(
                    $"{file}, line {record.Line}: a customer id and a time such as 2026-01-31 are needed, parted by a comma."
                );
            }
            isFirst = false;
        }
        return customers;
    }
}
