using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Scoring.Tls;

namespace Scoring.Server.Tests.Tls;

/// <summary>The TLS of a client of a test.</summary>
internal sealed record ClientTls
{
    /// <summary>Whom it trusts, and nobody else.</summary>
    public required string CaFile { get; init; }

    /// <summary>What it shows, with the authorities between it and a root; null for nothing.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The key of what it shows.</summary>
    public string? KeyFile { get; init; }

    public GrpcChannel Channel(string address) =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = Handler(), DisposeHttpClient = true });

    public SocketsHttpHandler Handler()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(PemFile.Read(CaFile).Certificates());
        var options = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        if (CertificateFile is not null)
        {
            var (certificate, chain) = PemFile.Pair(PemFile.Read(CertificateFile), PemFile.Read(KeyFile!));
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        return new SocketsHttpHandler { UseProxy = false, SslOptions = options };
    }
}
