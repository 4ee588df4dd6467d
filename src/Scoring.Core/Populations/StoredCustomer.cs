using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Serialization;

namespace Scoring.Core.Populations;

/// <summary>What a customer's stored form (<see cref="Population.Write"/>) says, whatever order attributes, series and features stand in.</summary>
public readonly ref struct StoredCustomer
{
    /// <summary>Reads a customer, and adds its events to totals by type.</summary>
    /// <param name="encoded">Its stored form.</param>
    /// <param name="events">Is added its events.</param>
    /// <param name="features">Is added the features that it used; null where nobody wants to know.</param>
    /// <exception cref="InvalidDataException">The bytes are no customer.</exception>
    public StoredCustomer(
        ReadOnlySpan<byte> encoded,
        Dictionary<string, long> events,
        ICollection<string>? features = null
    )
    {
        var reader = new RecordReader(encoded);
        Id = CustomerHeader.ReadId(ref reader, out var form);
        if (form == CustomerHeader.Merged)
        {
            Digest = XxHash3.HashToUInt64(encoded);
            return;
        }
        Account = CustomerHeader.ReadAccount(ref reader, out _);
        CustomerHeader.ReadMarks(ref reader);
        var digest = XxHash3.HashToUInt64(Until(reader, encoded), 0);
        for (var left = reader.Count(); left > 0; left--)
        {
            var attribute = reader.Rest;
            reader.Text();
            reader.Text();
            digest += XxHash3.HashToUInt64(Until(reader, attribute), 1);
        }
        var facts = reader.Rest;
        var halfLives = FactsRecord.SkipHeader(ref reader);
        digest += XxHash3.HashToUInt64(Until(reader, facts), 2);
        for (var left = reader.Count(); left > 0; left--)
        {
            var series = reader.Rest;
            if (FactsRecord.SkipSeries(ref reader, form, halfLives, out var type) is { } count)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(events, Encoding.UTF8.GetString(type), out _) += count;
            }
            digest += XxHash3.HashToUInt64(Until(reader, series), 3);
        }
        for (var left = reader.Count(); left > 0; left--)
        {
            var feature = reader.Rest;
            FactsRecord.SkipFeature(ref reader, form, out var name);
            features?.Add(Encoding.UTF8.GetString(name));
            digest += XxHash3.HashToUInt64(Until(reader, feature), 4);
        }
        if (!reader.AtEnd)
        {
            digest += XxHash3.HashToUInt64(reader.Rest, 5);
        }
        // Sums of customers must not come out the same when two of them change places.
        Digest = XxHash3.HashToUInt64(Id, unchecked((long)digest));
    }

    /// <summary>The customer.</summary>
    public ReadOnlySpan<byte> Id { get; }

    /// <summary>Its account; empty for none.</summary>
    public ReadOnlySpan<byte> Account { get; }

    /// <summary>The same for the same facts.</summary>
    public ulong Digest { get; }

    private static ReadOnlySpan<byte> Until(RecordReader reader, ReadOnlySpan<byte> from) =>
        from[..^reader.Rest.Length];
}
