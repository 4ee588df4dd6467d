using System.Buffers;
using System.Buffers.Text;

namespace Scoring.Rpc.Protocols.GrpcWeb;

/// <summary>Writes bytes as base64 that stands for itself, padding and all, so that it can be flushed.</summary>
internal static class Base64Chunk
{
    /// <summary>A multiple of three, so that only the last piece is padded; its base64 fills a page.</summary>
    private const int Piece = 3072;

    /// <returns>The bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(Piece, bytes.Length)];
            Base64.EncodeToUtf8(
                piece,
                output.GetSpan(Base64.GetMaxEncodedToUtf8Length(piece.Length)),
                out _,
                out var written
            );
            output.Advance(written);
            total += written;
            bytes = bytes[piece.Length..];
        }

        return total;
    }
}
