using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Scoring.Postgres;

/// <summary>What is known of the event ids that a standalone store brought along.</summary>
/// <param name="Store">The identity of that store.</param>
/// <param name="ImportedAt">When they came, in UTC.</param>
/// <param name="Partitions">How many partitions that store had: an id is known by its customer's partition.</param>
/// <param name="Count">How many there were.</param>
/// <param name="UntilTicks">How long they are remembered, in ticks of UTC; null before the first silo has started on them.</param>
internal sealed record ImportedIds(string Store, DateTime ImportedAt, int Partitions, long Count, long? UntilTicks)
{
    /// <summary>What a workspace adds to the keys of its events, which have no workspace here and have it in a standalone store.</summary>
    public static UInt128 WorkspaceKey(string workspace) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(workspace));

    /// <summary>The form that a key is stored in.</summary>
    public static Guid ToGuid(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The key of a form.</summary>
    public static UInt128 FromGuid(Guid stored)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = stored.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static ImportedIds Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<ImportedIds>(content)
                ?? throw new InvalidDataException("What is known of imported event ids is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("What is known of imported event ids is malformed.", e);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);
}
