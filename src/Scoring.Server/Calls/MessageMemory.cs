using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Scoring.Server.Access;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>Takes memory for the one message of a call by gRPC before it arrives: how long it is stands before it.</summary>
/// <param name="maxMessageBytes">Most bytes of a message.</param>
internal sealed class MessageMemory(int maxMessageBytes)
{
    /// <summary>Does so before an endpoint.</summary>
    public RequestDelegate Before(RequestDelegate serve) =>
        http => IsSmall(http.Request) ? serve(http) : ServeAsync(http, serve);

    /// <summary>Most requests tell how long they are.</summary>
    private static bool IsSmall(HttpRequest request) =>
        request.ContentLength <= CallMemory.SmallMessage && request.Headers.GrpcEncoding.Count == 0;

    private async Task ServeAsync(HttpContext http, RequestDelegate serve)
    {
        try
        {
            var message = await HeaderAsync(http);
            if (message.Take(http, maxMessageBytes) > 0 || message.IsCompressed)
            {
                CallMemory.Of(http).BeginMessage();
            }
        }
        catch (RpcException error)
        {
            await CallRefusal.WriteAsync(http, error);
            return;
        }
        await serve(http);
    }

    private ValueTask<MessageHeader> HeaderAsync(HttpContext http)
    {
        var body = http.Features.GetRequiredFeature<IRequestBodyPipeFeature>();
        // What gRPC-Web decodes from base64 can be read once only.
        return ReferenceEquals(body, http.Features.Get<IHttpRequestFeature>())
            ? MessageHeader.PeekAsync(body.Reader)
            : ValueTask.FromResult(
                new MessageHeader(
                    http.Request.Headers.GrpcEncoding.Count > 0,
                    Math.Min(http.Request.ContentLength ?? maxMessageBytes, maxMessageBytes)
                )
            );
    }
}
