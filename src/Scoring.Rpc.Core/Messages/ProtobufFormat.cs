using System.Buffers;
using Google.Protobuf;

namespace Scoring.Rpc.Messages;

/// <summary>The binary form of protobuf.</summary>
/// <param name="malformed">What a message that cannot be read is to the protocol.</param>
internal sealed class ProtobufFormat(StatusCode malformed) : IMessageFormat
{
    public T Parse<T>(in ReadOnlySequence<byte> payload, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new RpcException(
                malformed,
                $"A message cannot be read as protobuf: {exception.Message}",
                details: [],
                inner: exception
            );
        }
    }

    public void Write<T>(IBufferWriter<byte> output, T message)
        where T : class, IMessage<T> => message.WriteTo(output);
}
