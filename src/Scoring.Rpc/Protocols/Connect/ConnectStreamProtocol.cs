using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The streams of Connect, as its protocol reference has them.</summary>
internal sealed class ConnectStreamProtocol()
    : ConnectProtocol(ConnectHeaders.ContentTypeStreamProto, ConnectHeaders.ContentTypeStreamJson)
{
    public override bool Carries(RpcMethod method) => method.Kind != RpcMethodKind.Unary;

    public override bool NeedsHttp2(RpcMethod method) => method.Kind == RpcMethodKind.Duplex;

    public override ServerCall Open(HttpContext http, RpcMethod method, RpcServer server) =>
        new ConnectStreamCall(http, method, server, IsJson(http.Request));
}
