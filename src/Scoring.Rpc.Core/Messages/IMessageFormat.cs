using System.Buffers;
using Google.Protobuf;

namespace Scoring.Rpc.Messages;

/// <summary>What messages look like as bytes.</summary>
internal interface IMessageFormat
{
    /// <summary>The message that bytes stand for.</summary>
    /// <exception cref="RpcException">They are no such message.</exception>
    T Parse<T>(in ReadOnlySequence<byte> payload, MessageParser<T> parser)
        where T : class, IMessage<T>;

    void Write<T>(IBufferWriter<byte> output, T message)
        where T : class, IMessage<T>;
}
