using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary>Customers as CSV after RFC 4180: figures as they are, instants in ISO 8601, what is absent empty.</summary>
internal static class CsvExport
{
    private static readonly string[] Columns =
    [
        "customer_id",
        "account_id",
        "score",
        "display_score",
        "band",
        "lifecycle",
        "momentum",
        "last_event_time",
        "read_time",
        "model_name",
        "model_version",
    ];

    /// <summary>Writes all; gives how many they are.</summary>
    /// <param name="customers">The customers.</param>
    /// <param name="target">Gets the lines.</param>
    /// <param name="attributes">Attributes that are columns.</param>
    public static async Task<long> WriteAsync(
        IAsyncEnumerable<CustomerScore> customers,
        TextWriter target,
        IReadOnlyCollection<string> attributes
    )
    {
        using var csv = CsvWriter.Create(target, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord([.. Columns, .. attributes, "attributes"]);
        var count = 0L;
        await foreach (var customer in customers)
        {
            csv.WriteRecord(Fields(customer, attributes));
            count++;
        }
        csv.Flush();
        return count;
    }

    private static string[] Fields(CustomerScore customer, IReadOnlyCollection<string> attributes)
    {
        var others = customer
            .Attributes.Where(attribute => !attributes.Contains(attribute.Key))
            .OrderBy(attribute => attribute.Key, StringComparer.Ordinal)
            .ToDictionary();
        return
        [
            customer.CustomerId,
            customer.AccountId,
            Figure(customer.Score),
            Figure(customer.DisplayScore),
            customer.Band,
            customer.Lifecycle.ToString().ToLowerInvariant(),
            customer.HasMomentum ? Figure(customer.Momentum) : "",
            Iso(customer.LastEventTime),
            Iso(customer.ReadTime),
            customer.ModelName,
            Figure(customer.ModelVersion),
            .. attributes.Select(key => customer.Attributes.GetValueOrDefault(key, "")),
            others.Count == 0 ? "" : JsonSerializer.Serialize(others),
        ];
    }

    private static string Figure(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Iso(Timestamp? instant) =>
        instant is null
            ? ""
            : instant.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
