using System.Buffers.Binary;
using System.IO.Hashing;

namespace Scoring.Engine.Journal;

/// <summary>The first bytes of a frame, which is what one group commit writes.</summary>
/// <remarks>
/// <para>Checksum (8), magic (4), length (4), sequence number (8), checksum of the frame before it (8), identity of the store (8), then
/// the entries; little endian.</para>
/// <para>
/// The checksum is the XxHash3 of all that follows it. Frames form a chain: each names the one before it, so that what a file held before it was
/// used again, or what an abandoned end holds, is never taken for the next one.
/// </para>
/// <para>
/// A frame begins on a block and has its last block to itself: writing the next one touches no byte of it, and whole blocks are
/// overwritten without having been read.
/// </para>
/// </remarks>
internal readonly record struct FrameHeader(ulong Checksum, int Length, long Sequence, ulong Previous, long Identity)
{
    /// <summary>Bytes of the header.</summary>
    public const int Bytes = 40;

    /// <summary>Frames begin at multiples of this.</summary>
    public const int BlockBytes = 4_096;

    // "SCJF" in ASCII.
    private const uint Magic = 0x464A4353;
    private const int MagicAt = sizeof(ulong);
    private const int LengthAt = 12;
    private const int SequenceAt = 16;
    private const int PreviousAt = 24;
    private const int IdentityAt = 32;

    public FrameLink Link => new(Sequence, Checksum);

    /// <summary>The bytes that something takes up in whole blocks.</summary>
    public static long Blocks(long bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Fills in the header of a frame and gives the link to it.</summary>
    public static FrameLink Seal(Span<byte> frame, long sequence, ulong previous, long identity)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[MagicAt..], Magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[LengthAt..], frame.Length);
        BinaryPrimitives.WriteInt64LittleEndian(frame[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[PreviousAt..], previous);
        BinaryPrimitives.WriteInt64LittleEndian(frame[IdentityAt..], identity);
        var checksum = Of(frame);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, checksum);
        return new(sequence, checksum);
    }

    /// <summary>Whether bytes look like the beginning of a frame of at most so many bytes. Only <see cref="Matches"/> says that they are one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, long longest, out FrameHeader header)
    {
        header = default;
        if (source.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(source[MagicAt..]) != Magic)
        {
            return false;
        }
        header = new(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            BinaryPrimitives.ReadInt32LittleEndian(source[LengthAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[SequenceAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[PreviousAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[IdentityAt..])
        );
        return header.Length >= Bytes && header.Length <= longest;
    }

    /// <summary>Whether a whole frame has this checksum.</summary>
    public bool Matches(ReadOnlySpan<byte> frame) => Of(frame) == Checksum;

    private static ulong Of(ReadOnlySpan<byte> frame) => XxHash3.HashToUInt64(frame[sizeof(ulong)..]);
}
