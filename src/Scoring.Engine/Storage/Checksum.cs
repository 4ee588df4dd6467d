using System.Buffers.Binary;
using System.IO.Hashing;

namespace Scoring.Engine.Storage;

/// <summary>Every blob ends with the XxHash3 of what comes before it, seeded with its table and key: a row that strayed is noticed too.</summary>
internal static class Checksum
{
    public const int Bytes = sizeof(ulong);

    /// <summary>Fills in the last 8 bytes of a blob.</summary>
    public static void Seal(Table table, long id, Span<byte> blob) =>
        BinaryPrimitives.WriteUInt64LittleEndian(blob[^Bytes..], Of(table, id, blob[..^Bytes]));

    /// <summary>The content of a blob; false when it was damaged.</summary>
    public static bool TryOpen(Table table, long id, ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (
            blob.Length < Bytes
            || BinaryPrimitives.ReadUInt64LittleEndian(blob[^Bytes..]) != Of(table, id, blob[..^Bytes])
        )
        {
            return false;
        }
        content = blob[..^Bytes];
        return true;
    }

    private static ulong Of(Table table, long id, ReadOnlySpan<byte> content) =>
        XxHash3.HashToUInt64(content, unchecked((long)table * (long)0x9E3779B97F4A7C15) ^ id);
}
