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
        http => http.Request.Headers.GrpcEncoding.Count == 0 && IsSmall(http) ? serve(http) : ServeAsync(http, serve);

    /// <summary>Whether it is known at once that the message is a small one: the request tells how long it is, or has begun to arrive.</summary>
    private static bool IsSmall(HttpContext http) =>
        http.Request.ContentLength is { } bytes
            ? bytes <= CallMemory.SmallMessage
            : http.Features.GetRequiredFeature<IRequestBodyPipeFeature>() is var body
                && CanBeReadAgain(http, body)
                && MessageHeader.TryPeek(body.Reader, out var message)
                && message is { IsCompressed: false, Length: <= CallMemory.SmallMessage };

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

    /// <summary>What gRPC-Web decodes from base64 can be read once only.</summary>
    private static bool CanBeReadAgain(HttpContext http, IRequestBodyPipeFeature body) =>
        ReferenceEquals(body, http.Features.Get<IHttpRequestFeature>());

    private ValueTask<MessageHeader> HeaderAsync(HttpContext http)
    {
        var body = http.Features.GetRequiredFeature<IRequestBodyPipeFeature>();
        return CanBeReadAgain(http, body)
            ? MessageHeader.PeekAsync(body.Reader)
            : ValueTask.FromResult(
                new MessageHeader(
                    http.Request.Headers.GrpcEncoding.Count > 0,
                    Math.Min(http.Request.ContentLength ?? maxMessageBytes, maxMessageBytes)
                )
            );
    }
}
