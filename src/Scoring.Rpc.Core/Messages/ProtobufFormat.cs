using System.Buffers;
using Google.Protobuf;

namespace Scoring.Rpc.Messages;

/// <summary>The binary form of protobuf.</summary>
/// <param name="malformed">What a message that cannot be read is to the protocol.</param>
internal sealed class ProtobufFormat(StatusCode malformed) : IMessageFormat
{
    public StatusCode Malformed => malformed;

    public IMessage Parse(in ReadOnlySequence<byte> payload, MessageParser parser)
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        // The parser takes some malformed wrappers for a misuse of itself.
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new RpcException(
                malformed,
                $"A message cannot be read as protobuf: {exception.Message}",
                details: [],
                inner: exception
            );
        }
    }

    public void Write(IBufferWriter<byte> output, IMessage message) => message.WriteTo(output);
}
