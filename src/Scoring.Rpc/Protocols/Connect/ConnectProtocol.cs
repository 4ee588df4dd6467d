using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>What unary calls and streams of Connect have in common: a content type for each format, and the answer to unknown methods.</summary>
/// <param name="proto">The content type of messages in protobuf.</param>
/// <param name="json">The content type of messages in JSON.</param>
internal abstract class ConnectProtocol(string proto, string json) : IProtocol
{
    public string Name => "connect";

    public RpcSystem System => ServedSystems.Connect;

    public string ContentTypes => proto + ", " + json;

    public virtual bool Accepts(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && (IsJson(request) || MediaType.Is(request.ContentType, proto));

    public abstract bool Carries(RpcMethod method);

    public abstract bool NeedsHttp2(RpcMethod method);

    public abstract ServerCall Open(HttpContext http, RpcMethod method, RpcServer server);

    /// <remarks>Of streams too: there is none to end, and clients take the code from the HTTP status.</remarks>
    public void AnswerUnimplemented(HttpContext http, RpcServer server, string message) =>
        ConnectUnaryCall.WriteError(
            http.Response,
            StatusCodes.Status404NotFound,
            new RpcException(StatusCode.Unimplemented, message),
            server.Json
        );

    protected bool IsJson(HttpRequest request) => MediaType.Is(request.ContentType, json);
}
