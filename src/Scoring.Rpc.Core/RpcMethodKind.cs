namespace Scoring.Rpc;

/// <summary>Which sides of a method are streams.</summary>
public enum RpcMethodKind
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>Many requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, many responses.</summary>
    ServerStreaming,

    /// <summary>Many requests and many responses, independent of each other.</summary>
    Duplex,
}
