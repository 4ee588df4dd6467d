using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Json;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>A unary call that came by Connect: the bodies are the messages, and the HTTP status says how it ended.</summary>
internal sealed class ConnectUnaryCall : ConnectServerCall
{
    private readonly ConnectQuery? _query;
    private readonly bool _isJson;
    private ReadOnlyMemory<byte> _answer;
    private MessageEncoding? _answerEncoding;

    public ConnectUnaryCall(HttpContext http, RpcMethod method, RpcServer server, bool isJson, ConnectQuery? query)
        : base(http, method, server, isJson) => (_isJson, _query) = (isJson, query);

    public override bool RequestWasCompressed => RequestEncoding is not null;

    protected override string? Version => _query is null ? base.Version : _query.Version;

    protected override string? RequestEncodingName =>
        _query is null ? HeaderOrNull(HeaderNames.ContentEncoding) : _query.Compression;

    protected override string AcceptedEncodings => HeaderNames.AcceptEncoding;

    protected override bool AnswersWhole => true;

    public static void WriteError(HttpResponse response, int status, RpcException error, JsonMapping json)
    {
        Append(response.Headers, error.Trailers, ConnectHeaders.TrailerPrefix);
        response.StatusCode = status;
        response.ContentType = ConnectHeaders.ContentTypeJson;
        WriteBody(response, ConnectError.ToJson(error, json));
    }

    public override async ValueTask<object> ReceiveSingleAsync(MessageDecoder decoder)
    {
        if (_query is not null)
        {
            var message =
                _query.Message
                ?? throw RpcError.InvalidArgument("message", "the query needs this parameter, and it must be valid");
            Server.ReceiveLimit.Check(message.Length);
            return Decode(new ReadOnlySequence<byte>(message), decoder);
        }

        Server.ReceiveLimit.Check(HttpContext.Request.ContentLength ?? 0);
        var body = HttpContext.Request.BodyReader;
        while (true)
        {
            var result = await body.ReadOrCancelAsync(WaitToken);
            var payload = result.Buffer;
            var isWhole = false;
            try
            {
                Server.ReceiveLimit.Check(payload.Length);
                isWhole = result.IsCompleted;
                if (isWhole)
                {
                    return Decode(payload, decoder);
                }
            }
            finally
            {
                body.Advance(isWhole ? payload.End : payload.Start, payload.End);
            }
        }
    }

    protected override ValueTask<object?> ReceiveAsync(MessageDecoder decoder, CancellationToken cancellationToken) =>
        throw new UnreachableException("A unary call has no stream of requests.");

    protected override void WriteHeaders(HttpResponse response)
    {
        var headers = response.Headers;
        response.ContentType = _isJson ? ConnectHeaders.ContentTypeJson : ConnectHeaders.ContentTypeProto;
        if (_answerEncoding is not null)
        {
            headers.ContentEncoding = _answerEncoding.Name;
        }

        if (_query is not null)
        {
            // Answers to GET may be kept on the way.
            headers.Vary = HeaderNames.AcceptEncoding;
        }
    }

    /// <summary>Keeps the message until the status is known: both are one.</summary>
    protected override int WriteMessage(PipeWriter output, IMessage message)
    {
        var answer = new ArrayBufferWriter<byte>();
        Format.Write(answer, message);
        Server.SendLimit.Check(answer.WrittenCount);
        _answer = answer.WrittenMemory;
        if (
            CompressResponses
            && answer.WrittenCount > 0
            && MessageEncoding.Choose(HttpContext.Request.Headers.AcceptEncoding.ToString()) is { } chosen
        )
        {
            using var compressed = chosen.Compress(_answer);
            _answer = compressed.WrittenMemory.ToArray();
            _answerEncoding = chosen;
        }

        return 0;
    }

    protected override void WriteStatus(RpcException? error, bool withMetadata)
    {
        var response = HttpContext.Response;
        if (withMetadata)
        {
            Append(response.Headers, ResponseHeadersIfAny);
            Append(response.Headers, ResponseTrailersIfAny, ConnectHeaders.TrailerPrefix);
        }

        if (error is not null)
        {
            WriteError(response, ConnectCode.HttpStatusOf(error.Code), error, Server.Json);
            return;
        }

        WriteHeaders(response);
        WriteBody(response, _answer.Span);
    }

    private static void WriteBody(HttpResponse response, ReadOnlySpan<byte> body)
    {
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
    }

    private object Decode(in ReadOnlySequence<byte> payload, MessageDecoder decoder)
    {
        if (RequestEncoding is null || payload.IsEmpty)
        {
            return decoder.Decode(payload, Format);
        }

        using var plain = RequestEncoding.Decompress(payload, Server.ReceiveLimit, Format.Malformed);
        return decoder.Decode(new ReadOnlySequence<byte>(plain.WrittenMemory), Format);
    }
}
