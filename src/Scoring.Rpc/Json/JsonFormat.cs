using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Json;

/// <summary>Messages as JSON.</summary>
/// <param name="mapping">The mapping, with the types of the server.</param>
/// <param name="received">The type of the messages that are read.</param>
internal sealed class JsonFormat(JsonMapping mapping, MessageDescriptor received) : IMessageFormat
{
    public T Parse<T>(in ReadOnlySequence<byte> payload, MessageParser<T> parser)
        where T : class, IMessage<T> => (T)mapping.Parse(payload, received);

    public void Write<T>(IBufferWriter<byte> output, T message)
        where T : class, IMessage<T> => mapping.Write(output, message);
}
