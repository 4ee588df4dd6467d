using System.Buffers.Binary;

namespace Scoring.Postgres;

/// <summary>An event id that was recorded, as it is stored: 32 bytes, little endian.</summary>
/// <param name="Key">Which event: XxHash128 of event id and customer id, seeded with the length of the event id.</param>
/// <param name="Content">What it said: XxHash3 of all that was recorded.</param>
/// <param name="ReceivedTicks">When it was received, never earlier than the one before it.</param>
internal readonly record struct StoredEventId(UInt128 Key, ulong Content, long ReceivedTicks)
{
    /// <summary>Bytes of one.</summary>
    public const int Bytes = 32;

    /// <summary>Most ids of a block; block n of a customer holds the ordinals from n x BlockIds.</summary>
    public const int BlockIds = 64;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(target, Key);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], Content);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], ReceivedTicks);
    }

    public static StoredEventId Read(ReadOnlySpan<byte> source) =>
        new(
            BinaryPrimitives.ReadUInt128LittleEndian(source),
            BinaryPrimitives.ReadUInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..])
        );

    /// <summary>The ids of a block.</summary>
    /// <exception cref="InvalidDataException">The bytes are not ids.</exception>
    public static StoredEventId[] ReadBlock(ReadOnlySpan<byte> block)
    {
        if (block.Length % Bytes != 0 || block.Length > BlockIds * Bytes)
        {
            throw new InvalidDataException("A block of event ids has a wrong length.");
        }
        var ids = new StoredEventId[block.Length / Bytes];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Read(block[(i * Bytes)..]);
        }
        return ids;
    }
}
