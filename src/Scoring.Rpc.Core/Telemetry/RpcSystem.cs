namespace Scoring.Rpc.Telemetry;

/// <summary>A system of remote calls as OpenTelemetry tells them apart; each has its own words for statuses.</summary>
internal sealed class RpcSystem
{
    /// <summary>gRPC, and gRPC-Web with it.</summary>
    public static readonly RpcSystem Grpc = new(
        0,
        "grpc",
        [
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED",
        ]
    );

    private readonly string[] _codes;

    /// <summary>A system.</summary>
    /// <param name="index">Its place among the systems that a server tells apart.</param>
    /// <param name="name">What <c>rpc.system.name</c> has.</param>
    /// <param name="codes">Its words for the codes, from OK to UNAUTHENTICATED.</param>
    public RpcSystem(int index, string name, string[] codes) => (Index, Name, _codes) = (index, name, codes);

    /// <summary>Its place among the systems that a server tells apart.</summary>
    public int Index { get; }

    /// <summary>What <c>rpc.system.name</c> has.</summary>
    public string Name { get; }

    /// <summary>How many statuses there are.</summary>
    public int CodeCount => _codes.Length;

    /// <summary>What <c>rpc.status_code</c> has; a code that does not exist is unknown.</summary>
    public string NameOf(StatusCode code) => _codes[IndexOf(code)];

    /// <summary>The number of a code; that of UNKNOWN for one that does not exist.</summary>
    public int IndexOf(StatusCode code) => (uint)code < (uint)_codes.Length ? (int)code : (int)StatusCode.Unknown;
}
