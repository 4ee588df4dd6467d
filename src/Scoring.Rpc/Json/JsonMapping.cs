using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Scoring.Rpc.Json;

/// <summary>The JSON mapping of protobuf, with the types that the services of a server know for what an <see cref="Any"/> holds.</summary>
/// <remarks>Fields may be written in lowerCamelCase or as the proto has them; unknown ones are refused, as a typing error must not pass.</remarks>
internal sealed class JsonMapping
{
    /// <summary>How the parser begins what it says of a field that there is not.</summary>
    private const string UnknownField = "Unknown field: ";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TypeRegistry _types;
    private readonly JsonParser _parser;
    private readonly JsonFormatter _formatter;

    public JsonMapping(IEnumerable<FileDescriptor> files)
    {
        _types = TypeRegistry.FromFiles([
            .. files,
            StatusReflection.Descriptor,
            ErrorDetailsReflection.Descriptor,
            WrappersReflection.Descriptor,
            StructReflection.Descriptor,
        ]);
        _parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(_types));
        _formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(_types));
    }

    /// <summary>The message that a JSON text stands for.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is no JSON, or not of this type; an unknown field is named.</exception>
    public IMessage Parse(in ReadOnlySequence<byte> json, MessageDescriptor type)
    {
        try
        {
            return _parser.Parse(Utf8.GetString(json), type);
        }
        catch (InvalidProtocolBufferException exception)
            when (exception.Message.StartsWith(UnknownField, StringComparison.Ordinal))
        {
            throw RpcError.InvalidArgument(
                exception.Message[UnknownField.Length..],
                $"no field of this name is in {type.FullName} or in what it holds at this place; write fields in lowerCamelCase or as the proto has them"
            );
        }
        catch (Exception exception) when (IsFaultOfText(exception))
        {
            throw new RpcException(
                StatusCode.InvalidArgument,
                $"The JSON cannot be read as {type.FullName}: {exception.Message}",
                details: [],
                inner: exception
            );
        }
    }

    /// <summary>Writes a message as UTF-8.</summary>
    public void Write(IBufferWriter<byte> output, IMessage message) =>
        Encoding.UTF8.GetBytes(_formatter.Format(message), output);

    /// <summary>What a packed message says, if its type is known and it is one.</summary>
    public bool TryFormat(Any packed, [NotNullWhen(true)] out string? json)
    {
        json = null;
        if (_types.Find(Any.GetTypeName(packed.TypeUrl)) is not { } type)
        {
            return false;
        }

        try
        {
            json = _formatter.Format(type.Parser.ParseFrom(packed.Value));
            return true;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The parser has no one type for what is wrong with a text: numbers, dates, enums and packed messages each have their own.</summary>
    private static bool IsFaultOfText(Exception exception) =>
        exception
            is InvalidProtocolBufferException
                or InvalidJsonException
                or InvalidOperationException
                or ArgumentException
                or FormatException
                or OverflowException;
}
