using System.IO.Pipelines;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>A call with streams that came by Connect: envelopes both ways, the last one of the answer says how it ended.</summary>
internal sealed class ConnectStreamCall : ConnectServerCall
{
    /// <summary>Marks the envelope that ends a stream of responses.</summary>
    private const byte EndOfStreamFlag = 2;

    private readonly EnvelopeReader _reader;
    private readonly bool _isJson;
    private MessageEncoding? _responseEncoding;

    public ConnectStreamCall(HttpContext http, RpcMethod method, RpcServer server, bool isJson)
        : base(http, method, server, isJson)
    {
        _isJson = isJson;
        _reader = new EnvelopeReader(http.Request.BodyReader, server.ReceiveLimit, Format);
    }

    public override bool RequestWasCompressed => _reader.WasCompressed;

    protected override string? RequestEncodingName => HeaderOrNull(ConnectHeaders.StreamEncoding);

    protected override string AcceptedEncodings => ConnectHeaders.StreamAcceptEncoding;

    public override void Begin()
    {
        base.Begin();
        _reader.Encoding = RequestEncoding;
    }

    public override ValueTask<object> ReceiveSingleAsync(MessageDecoder decoder) =>
        _reader.ReadSingleAsync(decoder, WaitToken);

    protected override ValueTask<object?> ReceiveAsync(MessageDecoder decoder, CancellationToken cancellationToken) =>
        _reader.ReadAsync(decoder, cancellationToken);

    protected override void WriteHeaders(HttpResponse response)
    {
        WriteOwnHeaders(response);
        Append(response.Headers, ResponseHeadersIfAny);
    }

    protected override int WriteMessage(PipeWriter output, IMessage message)
    {
        using var plain = new PooledBuffer();
        Format.Write(plain, message);
        Server.SendLimit.Check(plain.WrittenMemory.Length);
        if (!CompressResponses || _responseEncoding is null || plain.WrittenMemory.IsEmpty)
        {
            return EnvelopeWriter.Write(output, plain.WrittenMemory.Span, flags: 0);
        }

        using var compressed = _responseEncoding.Compress(plain.WrittenMemory);
        return EnvelopeWriter.Write(output, compressed.WrittenMemory.Span, EnvelopePrefix.Compressed);
    }

    protected override void WriteStatus(RpcException? error, bool withMetadata)
    {
        var response = HttpContext.Response;
        if (!HeadersSent)
        {
            WriteOwnHeaders(response);
            Append(response.Headers, withMetadata ? ResponseHeadersIfAny : null);
        }

        using var end = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(end, ConnectError.Options))
        {
            writer.WriteStartObject();
            if (error is not null)
            {
                writer.WritePropertyName("error");
                ConnectError.Write(writer, error, Server.Json);
            }

            WriteMetadata(writer, [.. (withMetadata ? ResponseTrailersIfAny : null) ?? [], .. error?.Trailers ?? []]);
            writer.WriteEndObject();
        }

        EnvelopeWriter.Write(response.BodyWriter, end.WrittenMemory.Span, EndOfStreamFlag);
    }

    private static void WriteMetadata(Utf8JsonWriter writer, MetadataEntry[] entries)
    {
        if (entries.Length == 0)
        {
            return;
        }

        writer.WriteStartObject("metadata");
        foreach (var values in entries.GroupBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteStartArray(values.Key);
            foreach (var entry in values)
            {
                writer.WriteStringValue(ReceivedMetadata.ToHeader(entry));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteOwnHeaders(HttpResponse response)
    {
        var headers = response.Headers;
        response.ContentType = _isJson ? ConnectHeaders.ContentTypeStreamJson : ConnectHeaders.ContentTypeStreamProto;
        if (MayCompress && MessageEncoding.Choose(HeaderOrNull(ConnectHeaders.StreamAcceptEncoding)) is { } chosen)
        {
            _responseEncoding = chosen;
            headers[ConnectHeaders.StreamEncoding] = chosen.Name;
        }

        if (RequestEncoding is not null)
        {
            headers[ConnectHeaders.StreamAcceptEncoding] = MessageEncoding.Accepted;
        }
    }
}
