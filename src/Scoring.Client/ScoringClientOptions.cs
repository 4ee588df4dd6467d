using Scoring.Rpc.Client;

namespace Scoring.Client;

/// <summary>Settings of a <see cref="ScoringClient"/>.</summary>
public sealed record ScoringClientOptions
{
    /// <summary>How long a call may take when it does not say so itself; null waits without end. 30 seconds unless set.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is trusted at an https address, and the certificate shown there; null trusts the authorities of the system.</summary>
    public ClientTlsOptions? Tls { get; init; }
}
