using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Scoring.Tls;

namespace Scoring.Client;

/// <summary>Turns PEM files into what <see cref="SocketsHttpHandler"/> takes.</summary>
internal static class ClientTls
{
    /// <exception cref="InvalidDataException">A file is no good; the message names it and says what is wrong.</exception>
    /// <exception cref="ArgumentException">Of certificate and key only one is named.</exception>
    public static SslClientAuthenticationOptions Load(ClientTlsOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.CaFile is { } caFile)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(PemFile.Read(caFile).Roots());
        }

        switch (options)
        {
            case { CertificateFile: { } certificateFile, KeyFile: { } keyFile }:
                var (certificate, chain) = PemFile.Pair(PemFile.Read(certificateFile), PemFile.Read(keyFile));
                tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
                break;
            case { CertificateFile: null, KeyFile: null }:
                break;
            default:
                throw new ArgumentException(
                    "CertificateFile and KeyFile go together; one is missing.",
                    nameof(options)
                );
        }

        return tls;
    }
}
