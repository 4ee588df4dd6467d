using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Grpc;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols.Grpc;

/// <summary>gRPC over HTTP/2, as its PROTOCOL-HTTP2 document has it.</summary>
internal sealed class GrpcProtocol : IProtocol
{
    public string Name => "grpc";

    public RpcSystem System => RpcSystem.Grpc;

    public string ContentTypes => GrpcHeaders.ContentType + ", " + GrpcHeaders.ContentTypeProto;

    public bool Accepts(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && GrpcHeaders.IsContentType(request.ContentType);

    public bool Carries(RpcMethod method) => true;

    public bool NeedsHttp2(RpcMethod method) => true;

    public ServerCall Open(HttpContext http, RpcMethod method, RpcServer server) =>
        new GrpcServerCall(http, method, server);

    public void AnswerUnimplemented(HttpContext http, RpcServer server, string message) =>
        GrpcServerCall.WriteTrailersOnly(
            http.Response,
            GrpcHeaders.ContentType,
            new RpcException(StatusCode.Unimplemented, message)
        );
}
