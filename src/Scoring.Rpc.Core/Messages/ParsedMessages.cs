using System.Buffers;
using Google.Protobuf;

namespace Scoring.Rpc.Messages;

/// <summary>Makes messages of the generated type.</summary>
internal sealed class ParsedMessages(MessageParser parser) : MessageDecoder
{
    public override object Decode(in ReadOnlySequence<byte> payload, IMessageFormat format) =>
        format.Parse(payload, parser);
}
