using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Protocols.Grpc;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Protocols.GrpcWeb;

/// <summary>gRPC-Web, as its PROTOCOL-WEB document has it: gRPC with the trailers at the end of the body, so that it needs no HTTP/2.</summary>
internal sealed class GrpcWebProtocol : IProtocol
{
    public string Name => "grpc-web";

    public RpcSystem System => RpcSystem.Grpc;

    public string ContentTypes =>
        string.Join(
            ", ",
            GrpcWebHeaders.ContentType,
            GrpcWebHeaders.ContentTypeProto,
            GrpcWebHeaders.ContentTypeText,
            GrpcWebHeaders.ContentTypeTextProto
        );

    public bool Accepts(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && (GrpcWebHeaders.IsBinary(request.ContentType) || GrpcWebHeaders.IsText(request.ContentType));

    public bool Carries(RpcMethod method) => true;

    public bool NeedsHttp2(RpcMethod method) => method.Kind == RpcMethodKind.Duplex;

    public ServerCall Open(HttpContext http, RpcMethod method, RpcServer server) =>
        new GrpcWebServerCall(http, method, server);

    public void AnswerUnimplemented(HttpContext http, RpcServer server, string message) =>
        GrpcServerCall.WriteTrailersOnly(
            http.Response,
            GrpcWebServerCall.ResponseTypeOf(http.Request),
            new RpcException(StatusCode.Unimplemented, message)
        );
}
