using System.Diagnostics.Metrics;

namespace Scoring.Rpc.Telemetry;

/// <summary>The names that OpenTelemetry's semantic conventions for RPC have, version 1.45.0.</summary>
internal static class RpcConventions
{
    public const string ServerDuration = "rpc.server.call.duration";
    public const string ClientDuration = "rpc.client.call.duration";

    public const string SystemName = "rpc.system.name";
    public const string Method = "rpc.method";

    /// <summary>What the caller named, where <see cref="Method"/> is <see cref="OtherMethod"/>.</summary>
    public const string OriginalMethod = "rpc.method_original";
    public const string StatusCode = "rpc.status_code";
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string PeerAddress = "network.peer.address";
    public const string PeerPort = "network.peer.port";

    /// <summary>Stands for every method that does not exist, so that callers cannot make as many series as they like.</summary>
    public const string OtherMethod = "_OTHER";

    /// <summary>The headers of W3C Trace Context.</summary>
    public const string TraceParent = "traceparent";

    /// <inheritdoc cref="TraceParent"/>
    public const string TraceState = "tracestate";

    /// <summary>The buckets of the durations, in seconds.</summary>
    public static InstrumentAdvice<double> Durations { get; } =
        new()
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        };

    /// <summary>The name of a method: <c>package.Service/Method</c>.</summary>
    public static string NameOf(RpcMethod method) => method.Path[1..];
}
