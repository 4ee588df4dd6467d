using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The unary calls of Connect, as its protocol reference has them: POST, and GET for methods without side effects.</summary>
internal sealed class ConnectUnaryProtocol : IProtocol
{
    private const string Proto = "proto";
    private const string Json = "json";

    public string Name => "connect";

    public RpcSystem System => ServedSystems.Connect;

    public string ContentTypes => ConnectHeaders.ContentTypeProto + ", " + ConnectHeaders.ContentTypeJson;

    public bool Accepts(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
            ? IsJson(request) || MediaType.Is(request.ContentType, ConnectHeaders.ContentTypeProto)
            : HttpMethods.IsGet(request.Method) && ConnectQuery.Read(request.QueryString).Encoding is Proto or Json;

    public bool Carries(RpcMethod method) => method.Kind == RpcMethodKind.Unary;

    public bool NeedsHttp2(RpcMethod method) => false;

    public ServerCall Open(HttpContext http, RpcMethod method, RpcServer server)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            return new ConnectUnaryCall(http, method, server, IsJson(http.Request), query: null);
        }

        var query = ConnectQuery.Read(http.Request.QueryString);
        return new ConnectUnaryCall(http, method, server, query.Encoding == Json, query);
    }

    public void AnswerUnimplemented(HttpContext http, RpcServer server, string message) =>
        ConnectUnaryCall.WriteError(
            http.Response,
            StatusCodes.Status404NotFound,
            new RpcException(StatusCode.Unimplemented, message),
            server.Json
        );

    private static bool IsJson(HttpRequest request) =>
        MediaType.Is(request.ContentType, ConnectHeaders.ContentTypeJson);
}
