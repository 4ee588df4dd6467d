using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Scoring.Postgres;

/// <summary>Tells a row that is as this store wrote it from every other: XxHash3 of its content, seeded with the store's identity and where it belongs.</summary>
internal static class Checksum
{
    public static long OfLogRow(long identity, in LogRow row)
    {
        Span<byte> place = stackalloc byte[5 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, row.Partition);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], row.First);
        BinaryPrimitives.WriteInt64LittleEndian(place[16..], row.Count);
        BinaryPrimitives.WriteInt64LittleEndian(place[24..], row.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(place[32..], row.Next);
        return Of(identity, place, row.Content.Span);
    }

    public static long OfState(long identity, int partition, long version, ReadOnlySpan<byte> content)
    {
        Span<byte> place = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(place, partition);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], version);
        return Of(identity, place, content);
    }

    public static long OfDocument(long identity, string name, long version, ReadOnlySpan<byte> content) =>
        Of(identity ^ version, Encoding.UTF8.GetBytes(name), content);

    private static long Of(long identity, ReadOnlySpan<byte> place, ReadOnlySpan<byte> content) =>
        (long)XxHash3.HashToUInt64(content, (long)XxHash3.HashToUInt64(place, identity));
}
