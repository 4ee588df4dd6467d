using Microsoft.AspNetCore.Http;

namespace Scoring.Rpc;

/// <summary>What a handler knows of the call that it answers. Valid until the handler ends; never learns the protocol.</summary>
public abstract class CallContext
{
    /// <summary>The method that was called.</summary>
    public abstract RpcMethod Method { get; }

    /// <summary>When the caller stops waiting, in UTC; null if it waits without end.</summary>
    public abstract DateTimeOffset? Deadline { get; }

    /// <summary>Cancelled when the deadline passes, the client goes away or the server gives up waiting for its stop.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>
    /// Cancelled when the server begins to stop. The call may still finish; a long stream gives it to
    /// <c>requests.WithCancellation</c>, so that it takes no further request and the caller is answered UNAVAILABLE.
    /// </summary>
    public abstract CancellationToken ServerStopping { get; }

    /// <summary>The metadata that the caller sent.</summary>
    public abstract Metadata RequestHeaders { get; }

    /// <summary>Metadata that goes out before the first response; what is added after that is lost.</summary>
    public abstract Metadata ResponseHeaders { get; }

    /// <summary>Metadata that goes out with the status.</summary>
    public abstract Metadata ResponseTrailers { get; }

    /// <summary>The address of the caller, such as <c>127.0.0.1:40312</c>.</summary>
    public abstract string Peer { get; }

    /// <summary>
    /// Whether the responses that follow are compressed with an encoding that the caller takes; starts as
    /// <see cref="RpcServerOptions.CompressResponses"/>.
    /// </summary>
    public abstract bool CompressResponses { get; set; }

    /// <summary>Whether the request that was read last came compressed.</summary>
    public abstract bool RequestWasCompressed { get; }

    /// <summary>The HTTP request behind the call, for what has no place here, such as the authenticated user.</summary>
    public abstract HttpContext HttpContext { get; }

    /// <summary>
    /// Sends the response headers now instead of with the first response. Does nothing if they are on their way, or if the caller can
    /// only be given the whole answer at once.
    /// </summary>
    /// <exception cref="OperationCanceledException">The call is over.</exception>
    public abstract ValueTask SendHeadersAsync();

    /// <summary>The status that the call ends with if this leaves the outermost interceptor.</summary>
    /// <param name="thrown">What was thrown; null if nothing was.</param>
    /// <returns>
    /// DEADLINE_EXCEEDED once the deadline has passed, whatever was thrown; else OK for null, the code of an <see cref="RpcException"/>, CANCELLED if
    /// the caller went away, UNAVAILABLE for what the stop of the server cancelled, and INTERNAL for everything else.
    /// </returns>
    public abstract StatusCode StatusOf(Exception? thrown);
}
