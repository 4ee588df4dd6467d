using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Scoring.Cli.Migration;

/// <summary>How many records there are, and a checksum over them that does not depend on their order.</summary>
/// <remarks>The sum of the XxHash128 of every record, modulo 2^128.</remarks>
internal struct Fingerprint : IEquatable<Fingerprint>
{
    private UInt128 _sum;

    /// <summary>Number of records.</summary>
    public long Count { get; private set; }

    /// <summary>The checksum as text.</summary>
    public readonly string Checksum => _sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Takes in a record of a workspace.</summary>
    public void Add(string workspace, ReadOnlySpan<byte> record)
    {
        unchecked
        {
            _sum += XxHash128.HashToUInt128(record, SeedOf(workspace));
        }
        Count++;
    }

    /// <summary>Takes in an event id.</summary>
    public void Add(UInt128 key, ulong content, long receivedTicks)
    {
        Span<byte> id = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128LittleEndian(id, key);
        BinaryPrimitives.WriteUInt64LittleEndian(id[16..], content);
        BinaryPrimitives.WriteInt64LittleEndian(id[24..], receivedTicks);
        Add("", id);
    }

    public readonly bool Equals(Fingerprint other) => Count == other.Count && _sum == other._sum;

    public override readonly bool Equals(object? obj) => obj is Fingerprint other && Equals(other);

    public override readonly int GetHashCode() => _sum.GetHashCode();

    private static long SeedOf(string workspace)
    {
        // Names are ASCII and short; another workspace's record must not be taken for this one's.
        var seed = 0L;
        foreach (var c in workspace)
        {
            seed = unchecked((seed * 31) + c);
        }
        return seed;
    }
}
