using System.Buffers;
using System.Buffers.Binary;

namespace Scoring.Rpc.Messages;

/// <summary>The five bytes before every message on a stream: one of flags, four of length, big-endian.</summary>
/// <remarks>gRPC, gRPC-Web and the streams of Connect share this form; the bits beyond <see cref="Compressed"/> are each protocol's own.</remarks>
/// <param name="Flags">The flags.</param>
/// <param name="Length">The bytes that follow, as they are on the wire.</param>
internal readonly record struct EnvelopePrefix(byte Flags, uint Length)
{
    public const int Size = 5;

    public const byte Compressed = 1;

    public bool IsCompressed => (Flags & Compressed) != 0;

    /// <summary>Reads a prefix off the front of a buffer, if all of it is there.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> buffer, out EnvelopePrefix prefix)
    {
        if (buffer.FirstSpan.Length >= Size)
        {
            prefix = Read(buffer.FirstSpan);
            return true;
        }

        if (buffer.Length < Size)
        {
            prefix = default;
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(bytes);
        prefix = Read(bytes);
        return true;
    }

    public void Write(Span<byte> output)
    {
        output[0] = Flags;
        BinaryPrimitives.WriteUInt32BigEndian(output[1..], Length);
    }

    private static EnvelopePrefix Read(ReadOnlySpan<byte> bytes) =>
        new(bytes[0], BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]));
}
