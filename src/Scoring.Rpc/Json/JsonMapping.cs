using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Json;

/// <summary>The JSON mapping of protobuf, with the types that the services of a server know for what an <see cref="Any"/> holds.</summary>
/// <remarks>Fields may be written in lowerCamelCase or as the proto has them; unknown ones are refused, as a typing error must not pass, and so are fields that come twice.</remarks>
internal sealed class JsonMapping
{
    /// <summary>What is wrong with a text may quote it, however long that is.</summary>
    private const int MaxProblemLength = 300;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TypeRegistry _types;
    private readonly JsonShape _shape;
    private readonly PackedDepth _depth;
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
        _shape = new JsonShape(_types);
        _depth = new PackedDepth(_types);
        _parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(_types));
        _formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(_types));
    }

    /// <summary>The message that a JSON text stands for.</summary>
    /// <exception cref="RpcException">
    /// INVALID_ARGUMENT: it is no JSON, or not of this type; a field that is unknown, or comes twice, is named by its path.
    /// </exception>
    public IMessage Parse(in ReadOnlySequence<byte> json, MessageDescriptor type)
    {
        // In one piece: what is said of a fault must not depend on how the bytes were cut.
        using var copy = json.IsSingleSegment ? null : PooledBuffer.Of(json);
        var text = copy is null ? json.FirstSpan : copy.WrittenMemory.Span;
        try
        {
            return _shape.Check(text, type) is { } fault
                ? throw RpcError.InvalidArgument(fault.Path, fault.Problem)
                : _parser.Parse(Utf8.GetString(text), type);
        }
        catch (Exception exception) when (IsFaultOfText(exception))
        {
            throw new RpcException(
                StatusCode.InvalidArgument,
                $"The JSON cannot be read as {type.FullName}: {PeerText.Of(exception.Message, MaxProblemLength)}",
                details: [],
                inner: exception
            );
        }
    }

    /// <summary>Writes a message as UTF-8.</summary>
    /// <exception cref="RpcException">INTERNAL: messages are packed into one another too deep, or hold what JSON has no form for.</exception>
    public void Write(IBufferWriter<byte> output, IMessage message)
    {
        if (_depth.IsExceededBy(message))
        {
            throw new RpcException(
                StatusCode.Internal,
                $"The response is nested deeper than {PackedDepth.Max} messages and cannot be written as JSON."
            );
        }

        string json;
        try
        {
            json = _formatter.Format(message);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new RpcException(
                StatusCode.Internal,
                $"The response cannot be written as JSON: {PeerText.Of(exception.Message, MaxProblemLength)}",
                details: [],
                inner: exception
            );
        }

        Encoding.UTF8.GetBytes(json, output);
    }

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
            var message = type.Parser.ParseFrom(packed.Value);
            json = _depth.IsExceededBy(message) ? null : _formatter.Format(message);
            return json is not null;
        }
        catch (Exception exception)
            when (exception is InvalidProtocolBufferException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The parser has no one type for what is wrong with a text: numbers, dates, enums and packed messages each have their own.</summary>
    private static bool IsFaultOfText(Exception exception) =>
        exception
            is JsonException
                or InvalidProtocolBufferException
                or InvalidJsonException
                or InvalidOperationException
                or ArgumentException
                or FormatException
                or OverflowException;
}
