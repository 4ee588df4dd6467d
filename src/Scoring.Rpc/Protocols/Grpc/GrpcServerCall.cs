using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Grpc;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Protocols.Grpc;

/// <summary>A call that came by gRPC.</summary>
internal class GrpcServerCall : ServerCall
{
    private readonly EnvelopeReader _reader;
    private readonly string _contentType;
    private MessageEncoding? _responseEncoding;

    public GrpcServerCall(HttpContext http, RpcMethod method, RpcServer server)
        : this(http, method, server, http.Request.BodyReader, GrpcHeaders.ContentType) { }

    protected GrpcServerCall(
        HttpContext http,
        RpcMethod method,
        RpcServer server,
        PipeReader requestBody,
        string contentType
    )
        : base(http, method, server)
    {
        _reader = new EnvelopeReader(requestBody, server.ReceiveLimit);
        _contentType = contentType;
    }

    public override bool RequestWasCompressed => _reader.WasCompressed;

    public override void Begin()
    {
        var headers = HttpContext.Request.Headers;
        string? timeout = headers.GrpcTimeout;
        if (timeout is not null)
        {
            SetTimeout(
                GrpcTimeout.TryParse(timeout, out var span)
                    ? span
                    : throw new RpcException(
                        StatusCode.InvalidArgument,
                        $"The header grpc-timeout '{PeerText.Of(timeout)}' is not at most eight digits and one of H, M, S, m, u, n."
                    )
            );
        }

        string? encoding = headers.GrpcEncoding;
        if (!MessageEncoding.TryFind(encoding, out var found))
        {
            HttpContext.Response.Headers.GrpcAcceptEncoding = MessageEncoding.Accepted;
            throw new RpcException(
                StatusCode.Unimplemented,
                $"The encoding '{PeerText.Of(encoding)}' is not supported; supported are {MessageEncoding.Accepted}."
            );
        }

        _reader.Encoding = found;
    }

    public override ValueTask<object> ReceiveSingleAsync(MessageDecoder decoder) =>
        _reader.ReadSingleAsync(decoder, WaitToken);

    internal static void WriteTrailersOnly(HttpResponse response, string contentType, RpcException error)
    {
        response.ContentType = contentType;
        SetStatus(response.Headers, error);
    }

    protected override ValueTask<object?> ReceiveAsync(MessageDecoder decoder, CancellationToken cancellationToken) =>
        _reader.ReadAsync(decoder, cancellationToken);

    protected override void WriteHeaders(HttpResponse response)
    {
        var headers = response.Headers;
        response.ContentType = _contentType;
        if (
            MayCompress
            && MessageEncoding.Choose(HttpContext.Request.Headers.GrpcAcceptEncoding.ToString()) is { } chosen
        )
        {
            _responseEncoding = chosen;
            headers.GrpcEncoding = chosen.Name;
        }

        if (_reader.Encoding is not null)
        {
            headers.GrpcAcceptEncoding = MessageEncoding.Accepted;
        }

        Append(headers, ResponseHeadersIfAny);
    }

    protected override int WriteMessage(PipeWriter output, IMessage message) => WriteEnvelope(output, message);

    protected override int WriteMessage(PipeWriter output, IEncodedMessage message)
    {
        if (CompressResponses && _responseEncoding is not null)
        {
            return base.WriteMessage(output, message);
        }

        Server.SendLimit.Check(message.Bytes.Length);
        return EnvelopeWriter.Write(output, message.Bytes, flags: 0);
    }

    protected int WriteEnvelope(IBufferWriter<byte> output, IMessage message) =>
        EnvelopeWriter.Write(output, message, Server.SendLimit, CompressResponses ? _responseEncoding : null);

    protected override void WriteStatus(RpcException? error, bool withMetadata)
    {
        var response = HttpContext.Response;
        // One block for all, unless the handler has headers: callers take what is beside the status for trailers.
        var hasHeaders = withMetadata && ResponseHeadersIfAny is { Count: > 0 };
        if (!HeadersSent && error is not null && !hasHeaders)
        {
            response.ContentType = _contentType;
            SetStatus(response.Headers, withMetadata ? ResponseTrailersIfAny : null, error);
            return;
        }

        if (!HeadersSent)
        {
            WriteHeaders(response);
        }

        var trailers = OpenTrailers();
        SetStatus(trailers, withMetadata ? ResponseTrailersIfAny : null, error);
        SendTrailers(trailers);
    }

    /// <summary>Where the trailers are put.</summary>
    protected virtual IHeaderDictionary OpenTrailers() =>
        HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;

    /// <summary>Sends the trailers, once they are complete; those of HTTP need no help.</summary>
    protected virtual void SendTrailers(IHeaderDictionary trailers) { }

    private static void SetStatus(IHeaderDictionary headers, Metadata? metadata, RpcException? error)
    {
        Append(headers, metadata);
        SetStatus(headers, error);
    }

    private static void SetStatus(IHeaderDictionary headers, RpcException? error)
    {
        if (error is null)
        {
            headers.GrpcStatus = GrpcStatus.CodeText(StatusCode.Ok);
            return;
        }

        Append(headers, error.Trailers);
        headers.GrpcStatus = GrpcStatus.CodeText(error.Code);
        if (error.Message.Length > 0)
        {
            headers.GrpcMessage = GrpcStatus.MessageText(error.Message);
        }

        if (GrpcStatus.DetailsText(error) is { } details)
        {
            headers[GrpcHeaders.StatusDetails] = details;
        }
    }
}
