using System.Buffers;
using Google.Protobuf;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc;

/// <summary>
/// A request as the bytes of its binary form, for a handler that reads them itself because objects would cost it too much. A handler asks for
/// it by taking <c>EncodedMessage&lt;TReq&gt;</c> in the place of <c>TReq</c>. Requests that came as JSON are in binary form, too. In the same way the
/// handler of a unary method may give its response by returning <c>EncodedMessage&lt;TRes&gt;</c>.
/// </summary>
/// <remarks>Valid until the handler ends, in a stream until the next request is asked for; the server takes the bytes back then.</remarks>
/// <typeparam name="T">The generated type of the message.</typeparam>
public sealed class EncodedMessage<T> : IEncodedMessage, IDisposable
    where T : class, IMessage<T>
{
    private static readonly MessageParser Parser = Activator.CreateInstance<T>().Descriptor.Parser;
    private static readonly ProtobufFormat Binary = new(StatusCode.InvalidArgument);

    private readonly PooledBuffer _bytes;
    private readonly MessageParser _parser;
    private readonly IMessageFormat _format;

    /// <summary>A message of bytes that came some other way: a response, or a request from the test of a handler.</summary>
    /// <param name="bytes">The message in binary form; copied.</param>
    public EncodedMessage(ReadOnlySpan<byte> bytes)
        : this(new PooledBuffer(bytes.Length), Parser, Binary) => _bytes.Write(bytes);

    internal EncodedMessage(PooledBuffer bytes, MessageParser parser, IMessageFormat format) =>
        (_bytes, _parser, _format) = (bytes, parser, format);

    /// <summary>The message in protobuf's binary form; not checked to be one, unless it came as JSON.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenMemory.Span;

    /// <summary>The message as an object.</summary>
    /// <exception cref="RpcException">The bytes are no such message; thrown on, it tells the caller what is wrong.</exception>
    public T Parse() => (T)_format.Parse(new ReadOnlySequence<byte>(_bytes.WrittenMemory), _parser);

    IMessage IEncodedMessage.Parse() => Parse();

    void IDisposable.Dispose() => _bytes.Dispose();
}
