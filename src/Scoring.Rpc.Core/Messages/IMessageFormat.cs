using System.Buffers;
using Google.Protobuf;

namespace Scoring.Rpc.Messages;

/// <summary>What messages look like as bytes.</summary>
internal interface IMessageFormat
{
    /// <summary>What a message that cannot be read, or is cut off, is to the protocol.</summary>
    StatusCode Malformed { get; }

    /// <summary>The message that bytes stand for.</summary>
    /// <exception cref="RpcException">They are no such message.</exception>
    IMessage Parse(in ReadOnlySequence<byte> payload, MessageParser parser);

    void Write(IBufferWriter<byte> output, IMessage message);
}
