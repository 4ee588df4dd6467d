using System.Buffers.Binary;
using Google.Protobuf;

namespace Scoring.Rpc.InteropServer.Hosting;

/// <summary>Messages as the Connect conformance suite sends them over pipes: four bytes of length, big-endian, then protobuf.</summary>
internal static class SizedMessage
{
    private const int PrefixSize = 4;

    /// <summary>What the suite says is short; more is no message of it.</summary>
    private const int MaxSize = 1024 * 1024;

    /// <exception cref="InvalidDataException">The length is out of range, or what came is no such message.</exception>
    /// <exception cref="EndOfStreamException">The stream ended within the message.</exception>
    public static async Task<T> ReadAsync<T>(Stream input, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var prefix = new byte[PrefixSize];
        await input.ReadExactlyAsync(prefix);
        var size = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (size > MaxSize)
        {
            throw new InvalidDataException($"A message of {size} bytes is announced; at most {MaxSize} are taken.");
        }

        var bytes = new byte[size];
        await input.ReadExactlyAsync(bytes);
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"What came is no {typeof(T).Name}: {exception.Message}", exception);
        }
    }

    public static async Task WriteAsync(Stream output, IMessage message)
    {
        var bytes = new byte[PrefixSize + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - PrefixSize);
        message.WriteTo(bytes.AsSpan(PrefixSize));
        await output.WriteAsync(bytes);
        await output.FlushAsync();
    }
}
