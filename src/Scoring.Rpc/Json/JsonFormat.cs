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
    public StatusCode Malformed => StatusCode.InvalidArgument;

    public IMessage Parse(in ReadOnlySequence<byte> payload, MessageParser parser) => mapping.Parse(payload, received);

    public void Write(IBufferWriter<byte> output, IMessage message) => mapping.Write(output, message);
}
