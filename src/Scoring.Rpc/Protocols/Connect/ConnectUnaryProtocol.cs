using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The unary calls of Connect, as its protocol reference has them: POST, and GET for methods without side effects.</summary>
internal sealed class ConnectUnaryProtocol()
    : ConnectProtocol(ConnectHeaders.ContentTypeProto, ConnectHeaders.ContentTypeJson)
{
    private const string Proto = "proto";
    private const string Json = "json";

    public override bool Accepts(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
            ? ConnectQuery.Read(request.QueryString).Encoding is Proto or Json
            : base.Accepts(request);

    public override bool Carries(RpcMethod method) => method.Kind == RpcMethodKind.Unary;

    public override bool NeedsHttp2(RpcMethod method) => false;

    public override ServerCall Open(HttpContext http, RpcMethod method, RpcServer server)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            return new ConnectUnaryCall(http, method, server, IsJson(http.Request), query: null);
        }

        var query = ConnectQuery.Read(http.Request.QueryString);
        return new ConnectUnaryCall(http, method, server, query.Encoding == Json, query);
    }
}
