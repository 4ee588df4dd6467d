using System.Collections;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Rpc.Json;

/// <summary>Finds messages that are nested too deep to be written as JSON, which the formatter of protobuf does not look for.</summary>
/// <remarks>
/// Reading bounds the depth of every message but not that of messages packed into one another, each of which is read by itself: a
/// <see cref="Any"/> of some 200 KiB can hold so many that writing it exhausts the stack.
/// </remarks>
/// <param name="types">What an <see cref="Any"/> may hold.</param>
internal sealed class PackedDepth(TypeRegistry types)
{
    /// <summary>As deep as a text may be when it is read; what is packed counts with what it is packed into.</summary>
    public const int Max = JsonShape.MaxDepth;

    /// <summary>Whether values of a type can hold an <see cref="Any"/>; as many as the services have types.</summary>
    private readonly ConcurrentDictionary<MessageDescriptor, bool> _packs = new();

    /// <exception cref="InvalidProtocolBufferException">A packed message is not of the type that it names.</exception>
    public bool IsExceededBy(IMessage message) => IsExceededBy(message, Max);

    private bool IsExceededBy(IMessage message, int left)
    {
        if (!_packs.GetOrAdd(message.Descriptor, static type => Packs(type, [])))
        {
            return false;
        }

        if (left == 0)
        {
            return true;
        }

        if (message is Any any)
        {
            return types.Find(Any.GetTypeName(any.TypeUrl)) is { } type
                && IsExceededBy(type.Parser.ParseFrom(any.Value), left - 1);
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && IsExceededBy(field.Accessor.GetValue(message), left - 1))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsExceededBy(object? value, int left) =>
        value switch
        {
            IMessage message => IsExceededBy(message, left),
            IDictionary map => map.Values.OfType<IMessage>().Any(item => IsExceededBy(item, left)),
            IList list => list.OfType<IMessage>().Any(item => IsExceededBy(item, left)),
            _ => false,
        };

    private static bool Packs(MessageDescriptor type, HashSet<MessageDescriptor> visited) =>
        type.FullName == Any.Descriptor.FullName
        || (
            visited.Add(type)
            && type.Fields.InDeclarationOrder()
                .Any(field => field.FieldType == FieldType.Message && Packs(field.MessageType, visited))
        );
}
