namespace Scoring.Client;

/// <summary>Settings of a <see cref="ScoringClient"/>.</summary>
public sealed class ScoringClientOptions
{
    /// <summary>Where the server answers gRPC: an address of http or https. <c>http://localhost:5081</c> unless set.</summary>
    public string Address { get; set; } = "http://localhost:5081";

    /// <summary>
    /// How long a unary call may take, all its attempts together, when it does not name a deadline itself; null waits without end.
    /// 30 seconds unless set. The server is told and stops working on the call too.
    /// </summary>
    public TimeSpan? Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a unary call is attempted at most, 1 to 10; 1 never tries again. 5 unless set.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>The largest message, sent or received, in bytes. 16 MiB unless set, as on the server.</summary>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// The API key, or another bearer token, that is sent with every call; null sends none. One that was read from a file is trimmed first. At an
    /// address of http it is taken only on loopback, so that it never crosses a network in plain text.
    /// </summary>
    public string? ApiKey { get; set; }

    /// <summary>What is trusted at an https address, and the certificate shown there; null trusts the authorities of the system.</summary>
    public ClientTlsOptions? Tls { get; set; }
}
