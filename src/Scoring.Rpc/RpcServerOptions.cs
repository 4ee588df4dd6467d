namespace Scoring.Rpc;

/// <summary>Settings of all services of a server.</summary>
public sealed class RpcServerOptions
{
    /// <summary>The default of the size limits: 4 MiB.</summary>
    public const int DefaultMaxMessageSize = 4 * 1024 * 1024;

    /// <summary>The largest request message in bytes, after decompression; at least 1.</summary>
    public int MaxReceiveMessageSize { get; set; } = DefaultMaxMessageSize;

    /// <summary>The largest response message in bytes, before compression; at least 1.</summary>
    public int MaxSendMessageSize { get; set; } = DefaultMaxMessageSize;

    /// <summary>Whether responses are compressed for callers that take gzip, br or deflate; a handler can change it per message. Off by default.</summary>
    public bool CompressResponses { get; set; }

    /// <summary>
    /// Whether calls by Connect must say <c>Connect-Protocol-Version: 1</c>, which plain HTTP tools such as curl do not by themselves. Off by
    /// default; what is said is checked in any case.
    /// </summary>
    public bool RequireConnectProtocolVersion { get; set; }
}
