using Scoring.Rpc.Protocols.Connect;

namespace Scoring.Rpc.Telemetry;

/// <summary>The systems that calls of a server come by.</summary>
internal static class ServedSystems
{
    /// <summary>Connect; it has no word for success, which the conventions call OK.</summary>
    public static readonly RpcSystem Connect = new(
        1,
        "connectrpc",
        [.. Enum.GetValues<StatusCode>().Select(code => code == StatusCode.Ok ? "OK" : ConnectCode.NameOf(code))]
    );

    /// <summary>All of them, each in the place of its index.</summary>
    public static readonly IReadOnlyList<RpcSystem> All = [RpcSystem.Grpc, Connect];
}
