using System.Buffers;
using Google.Protobuf;
using Scoring.Rpc.Compression;

namespace Scoring.Rpc.Messages;

/// <summary>Puts enveloped messages into a buffer.</summary>
internal static class EnvelopeWriter
{
    /// <summary>
    /// Up to this size a message goes into one span of the buffer; larger ones go in by segments, so that a pipe need not rent a
    /// buffer of the message's size.
    /// </summary>
    private const int SingleSpan = 4096 - EnvelopePrefix.Size;

    /// <summary>Writes one message.</summary>
    /// <returns>The bytes written, prefix and all.</returns>
    /// <exception cref="RpcException">The message is larger than the limit; nothing is written.</exception>
    public static int Write(IBufferWriter<byte> output, IMessage message, MessageLimit limit, MessageEncoding? encoding)
    {
        var size = message.CalculateSize();
        limit.Check(size);
        if (encoding is not null && size > 0)
        {
            return WriteCompressed(output, message, size, encoding);
        }

        if (size <= SingleSpan)
        {
            var span = output.GetSpan(EnvelopePrefix.Size + size)[..(EnvelopePrefix.Size + size)];
            new EnvelopePrefix(0, (uint)size).Write(span);
            message.WriteTo(span[EnvelopePrefix.Size..]);
            output.Advance(span.Length);
        }
        else
        {
            WritePrefix(output, 0, size);
            message.WriteTo(output);
        }

        return EnvelopePrefix.Size + size;
    }

    /// <summary>Writes what is bytes already.</summary>
    /// <returns>The bytes written, prefix and all.</returns>
    public static int Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload, byte flags)
    {
        WritePrefix(output, flags, payload.Length);
        output.Write(payload);
        return EnvelopePrefix.Size + payload.Length;
    }

    private static int WriteCompressed(IBufferWriter<byte> output, IMessage message, int size, MessageEncoding encoding)
    {
        using var plain = new PooledBuffer(size);
        message.WriteTo(plain.GetSpan(size)[..size]);
        plain.Advance(size);
        using var compressed = encoding.Compress(plain.WrittenMemory);
        return Write(output, compressed.WrittenMemory.Span, EnvelopePrefix.Compressed);
    }

    private static void WritePrefix(IBufferWriter<byte> output, byte flags, int length)
    {
        new EnvelopePrefix(flags, (uint)length).Write(output.GetSpan(EnvelopePrefix.Size));
        output.Advance(EnvelopePrefix.Size);
    }
}
