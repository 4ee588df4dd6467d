namespace Scoring.Rpc.Protocols.Connect;

/// <summary>The names of Connect over HTTP.</summary>
internal static class ConnectHeaders
{
    /// <summary>Unary calls: the body is the message.</summary>
    public const string ContentTypeProto = "application/proto";
    public const string ContentTypeJson = "application/json";

    /// <summary>Streams: the body is made of envelopes.</summary>
    public const string ContentTypeStreamProto = "application/connect+proto";
    public const string ContentTypeStreamJson = "application/connect+json";

    public const string ProtocolVersion = "connect-protocol-version";

    /// <summary>What <see cref="ProtocolVersion"/> says if it is there.</summary>
    public const string Version = "1";

    /// <summary>How long the caller waits: at most ten digits of milliseconds.</summary>
    public const string Timeout = "connect-timeout-ms";

    /// <summary>Streams compress message by message, unary calls the body, by the headers of HTTP.</summary>
    public const string StreamEncoding = "connect-content-encoding";
    public const string StreamAcceptEncoding = "connect-accept-encoding";

    /// <summary>Goes before the names of trailers, as unary answers carry them among the headers.</summary>
    public const string TrailerPrefix = "trailer-";
}
