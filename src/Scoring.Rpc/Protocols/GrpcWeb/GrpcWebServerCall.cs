using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Protocols.Grpc;

namespace Scoring.Rpc.Protocols.GrpcWeb;

/// <summary>A call that came by gRPC-Web.</summary>
internal sealed class GrpcWebServerCall(HttpContext http, RpcMethod method, RpcServer server)
    : GrpcServerCall(http, method, server, RequestBodyOf(http.Request), ResponseTypeOf(http.Request))
{
    /// <summary>Marks the trailers among the envelopes of a body.</summary>
    private const byte TrailersFlag = 0x80;

    private readonly bool _asText = GrpcWebHeaders.IsText(ResponseTypeOf(http.Request));

    /// <summary>What the caller takes, in its own words: <c>accept</c> decides between binary and text, without it the request's own type.</summary>
    public static string ResponseTypeOf(HttpRequest request)
    {
        foreach (var value in request.Headers.Accept)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var accepted = value.AsSpan()[range];
                if (GrpcWebHeaders.IsText(accepted))
                {
                    return GrpcWebHeaders.ContentTypeTextProto;
                }

                if (GrpcWebHeaders.IsBinary(accepted))
                {
                    return GrpcWebHeaders.ContentTypeProto;
                }
            }
        }

        return GrpcWebHeaders.IsText(request.ContentType)
            ? GrpcWebHeaders.ContentTypeTextProto
            : GrpcWebHeaders.ContentTypeProto;
    }

    protected override int WriteMessage(PipeWriter output, IMessage message)
    {
        if (!_asText)
        {
            return base.WriteMessage(output, message);
        }

        using var frame = new PooledBuffer();
        WriteEnvelope(frame, message);
        return Base64Chunk.Write(output, frame.WrittenMemory.Span);
    }

    protected override int WriteMessage(PipeWriter output, IEncodedMessage message) =>
        _asText ? WriteMessage(output, message.Parse()) : base.WriteMessage(output, message);

    protected override IHeaderDictionary OpenTrailers() => new HeaderDictionary();

    protected override void SendTrailers(IHeaderDictionary trailers)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in trailers)
        {
            foreach (var value in values)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}: {value}\r\n");
            }
        }

        using var frame = new PooledBuffer();
        EnvelopeWriter.Write(frame, Encoding.ASCII.GetBytes(text.ToString()), TrailersFlag);
        if (_asText)
        {
            Base64Chunk.Write(HttpContext.Response.BodyWriter, frame.WrittenMemory.Span);
        }
        else
        {
            HttpContext.Response.BodyWriter.Write(frame.WrittenMemory.Span);
        }
    }

    private static PipeReader RequestBodyOf(HttpRequest request) =>
        GrpcWebHeaders.IsText(request.ContentType)
            ? PipeReader.Create(new Base64Stream(request.BodyReader))
            : request.BodyReader;
}
