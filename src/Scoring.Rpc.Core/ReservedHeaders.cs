using System.Collections.Frozen;

namespace Scoring.Rpc;

/// <summary>The headers that protocols and HTTP use themselves; they are never metadata.</summary>
internal static class ReservedHeaders
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "host",
        "keep-alive",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-grpc-web",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contains(string name) =>
        name.StartsWith(':')
        || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("connect-", StringComparison.OrdinalIgnoreCase)
        || Names.Contains(name);
}
