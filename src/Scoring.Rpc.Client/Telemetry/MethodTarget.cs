using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Client.Telemetry;

/// <summary>A method on a server: where it is, and what telemetry says of its calls.</summary>
internal sealed class MethodTarget(Uri server, RpcMethod method)
{
    public Uri Address { get; } = new(server, method.Path);

    /// <summary><c>package.Service/Method</c>.</summary>
    public string Name { get; } = RpcConventions.NameOf(method);

    /// <summary>For a caller, whatever is not OK is an error.</summary>
    public CallTags Tags { get; } =
        new(
            RpcSystem.Grpc,
            RpcConventions.NameOf(method),
            code => code != StatusCode.Ok,
            new(RpcConventions.ServerAddress, server.IdnHost),
            new(RpcConventions.ServerPort, server.Port)
        );
}
