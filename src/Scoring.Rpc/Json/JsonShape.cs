using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Rpc.Json;

/// <summary>
/// Looks a JSON text over before the parser of protobuf gets it: its depth is bounded, every field is one of its type, and none comes twice.
/// </summary>
/// <remarks>
/// The parser itself bounds no depth of an <see cref="Any"/> within another, so that a text could exhaust the stack; of a field that comes
/// twice it takes the last; and of an unknown field it does not say where it is.
/// </remarks>
/// <param name="types">What an <see cref="Any"/> may hold.</param>
internal sealed class JsonShape(TypeRegistry types)
{
    /// <summary>As deep as the binary form of protobuf may go.</summary>
    public const int MaxDepth = 100;

    private const string AnyType = "@type";
    private const string AnyValue = "value";

    /// <summary>As many as the services have types.</summary>
    private readonly ConcurrentDictionary<MessageDescriptor, FrozenDictionary<string, FieldDescriptor>> _names = new();

    /// <summary>The first fault of a text, null if there is none; values are left to the parser.</summary>
    /// <exception cref="JsonException">It is no JSON, or too deep.</exception>
    /// <exception cref="InvalidOperationException">A name is no text.</exception>
    public JsonFault? Check(ReadOnlySpan<byte> json, MessageDescriptor type)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        reader.Read();
        var fault = OfValue(ref reader, type);
        // What follows the message, if only to see that there is nothing.
        while (fault is null && reader.Read()) { }
        return fault;
    }

    /// <summary>Leaves the reader at the end of the value.</summary>
    private JsonFault? OfValue(ref Utf8JsonReader reader, MessageDescriptor type)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            if (type.FullName == Any.Descriptor.FullName)
            {
                return OfAny(ref reader);
            }

            if (!HasOwnForm(type))
            {
                return OfFields(ref reader, type, isPacked: false);
            }
        }

        reader.Skip();
        return null;
    }

    private JsonFault? OfFields(ref Utf8JsonReader reader, MessageDescriptor type, bool isPacked)
    {
        var fields = _names.GetOrAdd(type, static of => NamesOf(of));
        var seen = new bool[type.Fields.InDeclarationOrder().Count];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (isPacked && name == AnyType)
            {
                continue;
            }

            if (!fields.TryGetValue(name, out var field))
            {
                return new JsonFault(
                    PeerText.Of(name),
                    $"no field of this name is in {type.FullName}; write fields in lowerCamelCase or as the proto has them"
                );
            }

            if (seen[field.Index])
            {
                return new JsonFault(field.Name, "the field comes twice");
            }

            seen[field.Index] = true;
            if (OfField(ref reader, field) is { } fault)
            {
                return fault.Within(field.Name);
            }
        }

        return null;
    }

    private JsonFault? OfField(ref Utf8JsonReader reader, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return OfMap(ref reader, field.MessageType.FindFieldByNumber(2));
        }

        if (field.FieldType is not (FieldType.Message or FieldType.Group))
        {
            reader.Skip();
            return null;
        }

        return field.IsRepeated ? OfList(ref reader, field.MessageType) : OfValue(ref reader, field.MessageType);
    }

    private JsonFault? OfList(ref Utf8JsonReader reader, MessageDescriptor type)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (OfValue(ref reader, type) is { } fault)
            {
                return fault.Within(string.Create(CultureInfo.InvariantCulture, $"[{i}]"));
            }
        }

        return null;
    }

    private JsonFault? OfMap(ref Utf8JsonReader reader, FieldDescriptor value)
    {
        if (reader.TokenType != JsonTokenType.StartObject || value.FieldType != FieldType.Message)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (OfValue(ref reader, value.MessageType) is { } fault)
            {
                return fault.Within(PeerText.Of(key));
            }
        }

        return null;
    }

    /// <summary>What has a form of its own stands behind <c>value</c>, the fields of all else stand beside the type.</summary>
    private JsonFault? OfAny(ref Utf8JsonReader reader)
    {
        if (TypeOf(reader) is not { } type)
        {
            reader.Skip();
            return null;
        }

        if (!HasOwnForm(type))
        {
            return OfFields(ref reader, type, isPacked: true);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals(AnyValue);
            reader.Read();
            if (!isValue)
            {
                reader.Skip();
            }
            else if (OfValue(ref reader, type) is { } fault)
            {
                return fault.Within(AnyValue);
            }
        }

        return null;
    }

    /// <summary>The type that an object names, wherever among its fields; null if it names none that is known.</summary>
    private MessageDescriptor? TypeOf(Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var isType = ahead.ValueTextEquals(AnyType);
            ahead.Read();
            if (isType)
            {
                return ahead.TokenType == JsonTokenType.String ? types.Find(Any.GetTypeName(ahead.GetString()!)) : null;
            }

            ahead.Skip();
        }

        return null;
    }

    private static FrozenDictionary<string, FieldDescriptor> NamesOf(MessageDescriptor type)
    {
        var names = new Dictionary<string, FieldDescriptor>(StringComparer.Ordinal);
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            names[field.Name] = field;
            names[field.JsonName] = field;
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Times, durations, wrappers, structures ... are no objects with their fields in JSON.</summary>
    private static bool HasOwnForm(MessageDescriptor type) => type.File.Package == "google.protobuf";
}
