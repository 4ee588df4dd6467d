using System.Buffers;

namespace Scoring.Rpc.Messages;

/// <summary>What is made of a message's bytes once they are all there.</summary>
internal abstract class MessageDecoder
{
    /// <summary>What the bytes stand for.</summary>
    /// <exception cref="RpcException">They are no such message.</exception>
    public abstract object Decode(in ReadOnlySequence<byte> payload, IMessageFormat format);
}
