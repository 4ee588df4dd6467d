using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The streams of Connect, as its protocol reference has them.</summary>
internal sealed class ConnectStreamProtocol : IProtocol
{
    public string Name => "connect";

    public RpcSystem System => ServedSystems.Connect;

    public string ContentTypes => ConnectHeaders.ContentTypeStreamProto + ", " + ConnectHeaders.ContentTypeStreamJson;

    public bool Accepts(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && (IsJson(request) || MediaType.Is(request.ContentType, ConnectHeaders.ContentTypeStreamProto));

    public bool Carries(RpcMethod method) => method.Kind != RpcMethodKind.Unary;

    public bool NeedsHttp2(RpcMethod method) => method.Kind == RpcMethodKind.Duplex;

    public ServerCall Open(HttpContext http, RpcMethod method, RpcServer server) =>
        new ConnectStreamCall(http, method, server, IsJson(http.Request));

    /// <remarks>There is no stream to end, so it is the answer of a unary call; clients take the code from the HTTP status.</remarks>
    public void AnswerUnimplemented(HttpContext http, RpcServer server, string message) =>
        ConnectUnaryCall.WriteError(
            http.Response,
            StatusCodes.Status404NotFound,
            new RpcException(StatusCode.Unimplemented, message),
            server.Json
        );

    private static bool IsJson(HttpRequest request) =>
        MediaType.Is(request.ContentType, ConnectHeaders.ContentTypeStreamJson);
}
