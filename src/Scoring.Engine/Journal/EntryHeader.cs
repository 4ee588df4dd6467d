using System.Buffers.Binary;

namespace Scoring.Engine.Journal;

/// <summary>What stands before the commands of an entry: partition (2), length (4), number (8), mark of an earlier entry: number (8), digest (8); little endian.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Length">Bytes of the commands, which follow.</param>
/// <param name="Number">Number in the partition.</param>
/// <param name="Applied">The mark of the newest entry that was applied in the partition when this one was written.</param>
internal readonly record struct EntryHeader(int Partition, int Length, long Number, OutcomeMark Applied)
{
    /// <summary>Bytes that it takes up.</summary>
    public const int Bytes = LengthAt + sizeof(int) + (3 * sizeof(long));

    /// <summary>Bytes that it took up in stores of layout 4.</summary>
    public const int OlderBytes = AppliedAt;

    private const int LengthAt = sizeof(ushort);
    private const int NumberAt = LengthAt + sizeof(int);
    private const int AppliedAt = NumberAt + sizeof(long);
    private const int DigestAt = AppliedAt + sizeof(long);

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, checked((ushort)Partition));
        WriteLength(target, Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[NumberAt..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(target[AppliedAt..], Applied.Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(target[DigestAt..], Applied.Digest);
    }

    /// <summary>Changes the length in a header that was written.</summary>
    public static void WriteLength(Span<byte> header, int length) =>
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthAt..], length);

    /// <summary>Reads what stands before an entry; false when what follows cannot be one.</summary>
    /// <param name="source">The header, and what follows.</param>
    /// <param name="header">The header.</param>
    /// <param name="isOlder">Whether it is of a store of layout 4, which has no marks of earlier entries; that there is none says -1.</param>
    public static bool TryRead(ReadOnlySpan<byte> source, out EntryHeader header, bool isOlder = false)
    {
        header = default;
        var rest = source.Length - (isOlder ? OlderBytes : Bytes);
        if (rest < 0)
        {
            return false;
        }
        header = new(
            BinaryPrimitives.ReadUInt16LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[LengthAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[NumberAt..]),
            isOlder
                ? new(Entry: -1, Digest: 0)
                : new(
                    BinaryPrimitives.ReadInt64LittleEndian(source[AppliedAt..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(source[DigestAt..])
                )
        );
        return header.Length >= 0 && header.Length <= rest && header.Applied.Entry < header.Number;
    }
}
