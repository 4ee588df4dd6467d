namespace Scoring.Rpc.Client;

/// <summary>What one call asks for beyond its message.</summary>
public sealed record CallOptions
{
    /// <summary>
    /// How long the call may take, headers to status; the server is told, and the call ends with DEADLINE_EXCEEDED. Null: the channel's
    /// <see cref="RpcChannelOptions.DefaultTimeout"/> for unary calls, no limit for streams.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Metadata for the server.</summary>
    public Metadata? Headers { get; init; }

    /// <summary>Whether requests are compressed by gzip; null: as the channel says.</summary>
    public bool? Compress { get; init; }
}
