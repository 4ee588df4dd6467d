using System.Buffers;
using Google.Protobuf;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

/// <summary>Leaves messages as bytes, in one piece, for handlers that read them themselves.</summary>
internal sealed class EncodedMessages<T>(MessageParser<T> parser) : MessageDecoder
    where T : class, IMessage<T>
{
    private static readonly ProtobufFormat Binary = new(StatusCode.InvalidArgument);

    public override object Decode(in ReadOnlySequence<byte> payload, IMessageFormat format)
    {
        if (format is not ProtobufFormat)
        {
            var message = format.Parse(payload, parser);
            var encoded = new PooledBuffer(message.CalculateSize());
            message.WriteTo(encoded);
            return new EncodedMessage<T>(encoded, parser, Binary);
        }

        return new EncodedMessage<T>(PooledBuffer.Of(payload), parser, format);
    }
}
