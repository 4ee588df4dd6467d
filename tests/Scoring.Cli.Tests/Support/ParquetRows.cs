using System.Globalization;
using Parquet;
using Scoring.V1;

namespace Scoring.Cli.Tests.Support;

/// <summary>Exported events as one reads them back from a file of Parquet.</summary>
internal static class ParquetRows
{
    /// <summary>An event as a row tells of it: to the millisecond.</summary>
    public static string Of(ExportedEvent item) =>
        Row(
            item.CustomerId,
            item.AccountId,
            item.EventType,
            new(item.OccurredAt.ToDateTime().Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond),
            item.ReceivedAt.ToDateTime(),
            item.KnownAt.ToDateTime(),
            item.Value,
            item.Feature
        );

    private static string Row(
        string customer,
        string account,
        string type,
        DateTime at,
        DateTime received,
        DateTime known,
        double value,
        string feature
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{customer}|{account}|{type}|{at.Ticks}|{received.Ticks}|{known.Ticks}|{value:R}|{feature}"
        );

    /// <summary>The rows of a file, and how many each group has.</summary>
    public static async Task<(List<string> Rows, List<long> Groups)> ReadAsync(string file)
    {
        var token = TestContext.Current.CancellationToken;
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: token);
        var fields = reader.Schema.DataFields;
        Assert.Equal(
            ["customer_id", "account_id", "event_type", "occurred_at", "received_at", "known_at", "value", "feature"],
            fields.Select(field => field.Name)
        );
        var (rows, groups) = (new List<string>(), new List<long>());
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            groups.Add(group.RowCount);
            var texts = new Dictionary<int, string?[]>();
            foreach (var text in new[] { 0, 1, 2, 7 })
            {
                texts[text] = new string?[group.RowCount];
                await group.ReadAsync(fields[text], texts[text].AsMemory(), cancellationToken: token);
            }
            var (at, received, known, values) = (
                new DateTime[group.RowCount],
                new DateTime[group.RowCount],
                new DateTime[group.RowCount],
                new double[group.RowCount]
            );
            await group.ReadAsync<DateTime>(fields[3], at.AsMemory(), cancellationToken: token);
            await group.ReadAsync<DateTime>(fields[4], received.AsMemory(), cancellationToken: token);
            await group.ReadAsync<DateTime>(fields[5], known.AsMemory(), cancellationToken: token);
            await group.ReadAsync<double>(fields[6], values.AsMemory(), cancellationToken: token);
            for (var row = 0; row < at.Length; row++)
            {
                rows.Add(
                    Row(
                        texts[0][row]!,
                        texts[1][row]!,
                        texts[2][row]!,
                        at[row],
                        received[row],
                        known[row],
                        values[row],
                        texts[7][row]!
                    )
                );
            }
        }
        return (rows, groups);
    }
}
