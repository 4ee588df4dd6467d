namespace Scoring.Rpc.Client;

/// <summary>Settings of all calls of a channel.</summary>
public sealed record RpcChannelOptions
{
    /// <summary>The default of the size limits: 4 MiB.</summary>
    public const int DefaultMaxMessageSize = 4 * 1024 * 1024;

    /// <summary>The largest response message in bytes, after decompression.</summary>
    public int MaxReceiveMessageSize { get; init; } = DefaultMaxMessageSize;

    /// <summary>The largest request message in bytes, before compression.</summary>
    public int MaxSendMessageSize { get; init; } = DefaultMaxMessageSize;

    /// <summary>How long a unary call may take that does not say so itself; null is without end.</summary>
    public TimeSpan? DefaultTimeout { get; init; }

    /// <summary>Whether requests are compressed by gzip.</summary>
    public bool Compress { get; init; }

    /// <summary>What a channel to an https address trusts and shows; null trusts the authorities of the system and shows nothing.</summary>
    /// <remarks>A <see cref="Handler"/> that is given has settings of its own.</remarks>
    public ClientTlsOptions? Tls { get; init; }

    /// <summary>Sends the requests; null makes one fit for RPC. One that is given is not disposed with the channel.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Keeps the deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
