using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols;

/// <summary>One way of carrying calls over HTTP.</summary>
internal interface IProtocol
{
    /// <summary>Its name in the log.</summary>
    string Name { get; }

    /// <summary>The system that telemetry counts it to.</summary>
    RpcSystem System { get; }

    /// <summary>The content types that requests of this protocol have, for the answer to those that have none of them.</summary>
    string ContentTypes { get; }

    /// <summary>Whether a request is of this protocol.</summary>
    bool Accepts(HttpRequest request);

    /// <summary>Whether calls of a method can come by this protocol.</summary>
    bool Carries(RpcMethod method);

    /// <summary>Whether calls of a method need HTTP/2: for trailers, or because both sides talk at once.</summary>
    bool NeedsHttp2(RpcMethod method);

    /// <summary>Makes a call of a request, without reading any of it.</summary>
    ServerCall Open(HttpContext http, RpcMethod method, RpcServer server);

    /// <summary>Answers a request for a method that does not exist.</summary>
    void AnswerUnimplemented(HttpContext http, RpcServer server, string message);
}
