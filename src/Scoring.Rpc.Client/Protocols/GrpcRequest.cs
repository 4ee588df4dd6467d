using System.Net;
using System.Net.Http.Headers;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Grpc;

namespace Scoring.Rpc.Client.Protocols;

/// <summary>Writes the request of a call as gRPC over HTTP/2 has it.</summary>
internal static class GrpcRequest
{
    private static readonly MediaTypeHeaderValue ContentType = new(GrpcHeaders.ContentType);

    public static MessageEncoding? EncodingOf(bool compress) => compress ? MessageEncoding.Gzip : null;

    public static HttpRequestMessage Create(Uri address, HttpContent content, CallOptions options, bool compress)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, MessageEncoding.Accepted);
        if (EncodingOf(compress) is { } encoding)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Encoding, encoding.Name);
        }

        if (options.Timeout is { } timeout)
        {
            headers.TryAddWithoutValidation(GrpcHeaders.Timeout, GrpcTimeout.Format(timeout));
        }

        if (options.Headers is { } metadata)
        {
            foreach (var entry in metadata)
            {
                headers.TryAddWithoutValidation(entry.Key, ReceivedMetadata.ToHeader(entry));
            }
        }

        return request;
    }
}
