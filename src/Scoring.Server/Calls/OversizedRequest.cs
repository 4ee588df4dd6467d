using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Scoring.Server.Errors;

namespace Scoring.Server.Calls;

/// <summary>Says of a request over the size limit which setting that is; the framework speaks of one that operators do not have.</summary>
internal static class OversizedRequest
{
    private const string Status = "grpc-status";
    private const string Message = "grpc-message";
    private const string Details = "grpc-status-details-bin";

    // As the framework has it.
    private const string Received = "Received message exceeds the maximum configured message size.";

    private static readonly string ResourceExhausted = $"{(int)StatusCode.ResourceExhausted}";

    /// <summary>Puts another message in place of the framework's, if that is what it says.</summary>
    /// <param name="http">A call that has ended with RESOURCE_EXHAUSTED.</param>
    /// <param name="limit">Most bytes of a message.</param>
    public static void Explain(HttpContext http, int limit)
    {
        // Before the first message of an answer the status is a header.
        var target = http.Response.HasStarted
            ? http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : http.Response.Headers;
        if (target is { IsReadOnly: false } && target[Status] == ResourceExhausted && target[Message] == Received)
        {
            var error = CallErrors.BodyTooLarge(limit);
            target[Message] = error.Status.Detail;
            target[Details] = Convert.ToBase64String(error.Trailers.GetValueBytes(Details)!).TrimEnd('=');
        }
    }
}
