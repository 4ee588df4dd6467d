using System.Buffers;
using Google.Protobuf.Reflection;
using Scoring.Server.Wire;

namespace Scoring.Server.Memory;

/// <summary>How much memory the objects take that a message becomes when it is parsed: from two bytes there can be an object.</summary>
internal static class MessageObjects
{
    /// <summary>An object with its place in a list or map; also a field that the contract does not know, which is kept.</summary>
    private const int PerObject = 256;

    private const int PerText = 32;
    private const int PerNumber = 8;
    private const int Deepest = 100;

    /// <summary>Bytes of the objects; more rather than less. What cannot be read counts up to there.</summary>
    public static long BytesOf(in ReadOnlySequence<byte> message, MessageDescriptor type) =>
        BytesOf(message.IsSingleSegment ? message.FirstSpan : message.ToArray(), type, depth: 0);

    private static long BytesOf(ReadOnlySpan<byte> message, MessageDescriptor type, int depth)
    {
        long bytes = PerObject;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var tag))
        {
            var field = type.FindFieldByNumber((int)(tag >> WireReader.WireTypeBits));
            if ((tag & ((1 << WireReader.WireTypeBits) - 1)) != WireReader.Delimited)
            {
                reader.Skip(tag);
                bytes += field is null ? PerObject : PerNumber;
                continue;
            }
            var value = reader.ReadDelimited();
            bytes += field?.FieldType switch
            {
                null => PerObject + value.Length,
                FieldType.Message when depth < Deepest => BytesOf(value, field.MessageType, depth + 1),
                FieldType.String or FieldType.Bytes => PerText + (2 * value.Length),
                // Numbers that are packed.
                _ => PerNumber * value.Length,
            };
        }
        return bytes;
    }
}
