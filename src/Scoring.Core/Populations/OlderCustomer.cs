using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>A customer as stores of layout 4 hold it, which only a move of a store reads.</summary>
public static class OlderCustomer
{
    private const byte RecordVersion = 1;

    /// <summary>Whether a stored form is one of those.</summary>
    public static bool Is(ReadOnlySpan<byte> encoded) => encoded is [RecordVersion, ..];

    /// <summary>Writes a customer in today's form.</summary>
    /// <param name="encoded">Its stored form.</param>
    /// <param name="target">Where to.</param>
    /// <remarks>
    /// What it did not say then: since when a customer belongs to its account, which counts as known from its newest event on; and its first day, which
    /// is the first active one of the last 192 days before the newest.
    /// </remarks>
    /// <exception cref="InvalidDataException">The bytes are no such customer.</exception>
    public static void Convert(ReadOnlySpan<byte> encoded, IBufferWriter<byte> target)
    {
        var reader = new RecordReader(encoded);
        reader.Byte();
        var id = reader.Text();
        var account = reader.Text();
        var attributes = reader.Rest;
        var count = reader.Count();
        for (var left = count; left > 0; left--)
        {
            reader.Text();
            reader.Text();
        }
        attributes = attributes[..^reader.Rest.Length];
        var facts = reader.Rest;
        var newest = new Instant(reader.Int64());
        var days = ActiveDays.From(reader.Int32(), reader.UInt64(), reader.UInt64(), reader.UInt64());
        var halfLives = reader.Count();
        for (var left = halfLives; left > 0; left--)
        {
            reader.Count();
        }
        facts = facts[..^reader.Rest.Length];

        var writer = new RecordWriter(target);
        CustomerHeader.Write(FactsRecord.WithoutUses, id, account, newest, MarksOf(newest, days), ref writer);
        target.Write(attributes);
        target.Write(facts);
        ConvertSeries(ref reader, halfLives, ref writer);
        target.Write(reader.Rest);
    }

    private static LifecycleMarks MarksOf(Instant newest, ActiveDays days)
    {
        var first = newest == Instant.MinValue ? (int)LifecycleMarks.NoDay : newest.UtcDay;
        if (!days.IsEmpty)
        {
            var (low, middle, high) = days.Bits;
            var back =
                high > 0 ? 128 + (int)ulong.Log2(high)
                : middle > 0 ? 64 + (int)ulong.Log2(middle)
                : (int)ulong.Log2(low);
            first = Math.Min(first, days.Newest - back);
        }
        return LifecycleMarks.None with { FirstDay = (ushort)Math.Clamp(first, 0, (int)LifecycleMarks.NoDay) };
    }

    private static void ConvertSeries(ref RecordReader reader, int halfLives, ref RecordWriter writer)
    {
        Span<ulong> values = stackalloc ulong[ValueSum.Words];
        var count = reader.Count();
        writer.Count(count);
        for (var left = count; left > 0; left--)
        {
            var kind = reader.Byte();
            writer.Byte(kind);
            writer.Text(reader.Text());
            var lifetime = reader.Double();
            if ((kind & 1) == 0)
            {
                writer.Int64((long)lifetime);
            }
            else
            {
                values.Clear();
                ValueSum.Add(values, lifetime);
                writer.Values(values);
            }
            for (var i = 0; i < halfLives; i++)
            {
                writer.UInt64(reader.UInt64());
            }
        }
    }
}
