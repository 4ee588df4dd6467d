namespace Scoring.Server.Tls;

/// <summary>The PEM files that a server speaks TLS with.</summary>
public sealed record ServerTlsOptions
{
    /// <summary>The server's certificate; behind it in the file those between it and a root, which clients may lack.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>The private key of the certificate, without a password.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The root certificates that clients' certificates must come from, and none but these; null asks clients for none.</summary>
    public string? ClientCaFile { get; init; }

    /// <summary>Lists of clients' certificates that were revoked (<c>X509 CRL</c>), one per authority; null means that none was.</summary>
    public string? ClientCrlFile { get; init; }

    /// <summary>Whether a client without a certificate is refused; one with a bad certificate always is.</summary>
    public bool RequireClientCertificate { get; init; } = true;

    /// <summary>How often the files are looked at; what has changed holds for the connections that come after. 10 seconds unless set.</summary>
    /// <remarks>
    /// Looking is what works everywhere: with links that are swapped as Kubernetes does it, with network drives, with files that are
    /// replaced one after the other.
    /// </remarks>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(10);
}
