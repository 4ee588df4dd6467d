using System.Net;
using System.Net.Http.Headers;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Grpc;

namespace Scoring.Rpc.Client.Protocols;

/// <summary>Reads headers and status of a response as gRPC over HTTP/2 has them.</summary>
internal static class GrpcResponse
{
    /// <summary>Why the headers already say that no message will come; null if messages may come.</summary>
    public static RpcException? FailureOf(HttpResponseMessage response)
    {
        if (Find(response.Headers, GrpcHeaders.Status) is { } status)
        {
            return Status(status, response.Headers, HeadersOf(response));
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new RpcException(
                CodeOf(response.StatusCode),
                $"The server answered HTTP {(int)response.StatusCode} without a gRPC status.",
                [],
                HeadersOf(response)
            );
        }

        var contentType = response.Content.Headers.ContentType?.ToString();
        if (!GrpcHeaders.IsContentType(contentType))
        {
            return new RpcException(
                StatusCode.Unknown,
                $"The server answered '{PeerText.Of(contentType)}', which is not gRPC."
            );
        }

        return MessageEncoding.TryFind(Find(response.Headers, GrpcHeaders.Encoding), out _)
            ? null
            : new RpcException(
                StatusCode.Internal,
                $"The server compresses by '{PeerText.Of(Find(response.Headers, GrpcHeaders.Encoding))}', which was not offered."
            );
    }

    /// <summary>How the call ended; only after the last message. Null is OK.</summary>
    public static RpcException? StatusOf(HttpResponseMessage response, out Metadata trailers)
    {
        trailers = Read(response.TrailingHeaders);
        if (Find(response.TrailingHeaders, GrpcHeaders.Status) is { } status)
        {
            return Status(status, response.TrailingHeaders, trailers);
        }

        // OK without a message may come in one block.
        return Find(response.Headers, GrpcHeaders.Status) is null
            ? new RpcException(StatusCode.Internal, "The server ended the stream without a status.", [], trailers)
            : null;
    }

    public static MessageEncoding? EncodingOf(HttpResponseMessage response)
    {
        _ = MessageEncoding.TryFind(Find(response.Headers, GrpcHeaders.Encoding), out var encoding);
        return encoding;
    }

    public static Metadata HeadersOf(HttpResponseMessage response) => Read(response.Headers);

    private static RpcException? Status(string code, HttpResponseHeaders headers, Metadata metadata) =>
        GrpcStatus.Read(code, Find(headers, GrpcHeaders.Message), Find(headers, GrpcHeaders.StatusDetails), metadata);

    /// <summary>The mapping of gRPC's document <c>http-grpc-status-mapping</c>.</summary>
    private static StatusCode CodeOf(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };

    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.Count > 0 ? values.First() : null;

    private static Metadata Read(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                ReceivedMetadata.Add(metadata, name, value);
            }
        }

        return metadata;
    }
}
