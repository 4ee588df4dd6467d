using System.IO.Hashing;
using System.Security.Cryptography;

namespace Scoring.Core.Memory;

/// <summary>A hash of texts for tables in memory, seeded per process: chosen ids cannot be made to collide. Never stored.</summary>
internal static class TextHash
{
    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    public static ulong Of(ReadOnlySpan<byte> text) => XxHash3.HashToUInt64(text, Seed);
}
