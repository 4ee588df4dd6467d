using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Scoring.Core.Memory;

/// <summary>A hash of texts for tables in memory, seeded per process: chosen ids cannot be made to collide. Never stored.</summary>
/// <remarks>
/// 16 bytes a step, each multiplied to 128 bits and folded: the construction of wyhash (Wang Yi, public domain). A few nanoseconds
/// for an id.
/// </remarks>
internal static class TextHash
{
    private static readonly ulong Seed = Random64();
    private static readonly ulong First = Random64();
    private static readonly ulong Second = Random64();

    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var hash = Seed ^ (ulong)text.Length;
        var rest = text;
        while (rest.Length > 16)
        {
            hash = Mix(Word(rest) ^ First, Word(rest[8..]) ^ hash);
            rest = rest[16..];
        }
        ulong low;
        ulong high;
        if (text.Length >= 16)
        {
            // The last 16 bytes, which may overlap what came before.
            (low, high) = (Word(text[^16..]), Word(text[^8..]));
        }
        else if (rest.Length >= 8)
        {
            (low, high) = (Word(rest), Word(rest[^8..]));
        }
        else if (rest.Length >= 4)
        {
            low = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            high = BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]);
        }
        else
        {
            low = rest.IsEmpty ? 0 : ((ulong)rest[0] << 16) | ((ulong)rest[rest.Length >> 1] << 8) | rest[^1];
            high = 0;
        }
        return Mix(Mix(low ^ First, high ^ hash), Second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong first, ulong second)
    {
        var high = Math.BigMul(first, second, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    // Odd, so that no factor is ever zero by itself.
    private static ulong Random64() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
