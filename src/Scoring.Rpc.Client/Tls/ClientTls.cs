using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Scoring.Rpc.Tls;

namespace Scoring.Rpc.Client.Tls;

/// <summary>Turns PEM files into what <see cref="SocketsHttpHandler"/> takes.</summary>
internal static class ClientTls
{
    /// <exception cref="PemFileException">A file is no good.</exception>
    /// <exception cref="ArgumentException">Of certificate and key only one is named.</exception>
    public static SslClientAuthenticationOptions Load(ClientTlsOptions options)
    {
        if ((options.CertificateFile is null) != (options.KeyFile is null))
        {
            throw new ArgumentException(
                "A client certificate needs both CertificateFile and KeyFile.",
                nameof(options)
            );
        }

        var tls = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (options.CaFile is not null)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(PemFile.Read(options.CaFile).Roots());
        }

        if (options.CertificateFile is not null && options.KeyFile is not null)
        {
            var (certificate, chain) = PemFile.Pair(
                PemFile.Read(options.CertificateFile),
                PemFile.Read(options.KeyFile)
            );
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }

        return tls;
    }
}
