using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Scoring.Tls;

namespace Scoring.Server.Tls;

/// <summary>What stands in the files of a server's TLS.</summary>
internal sealed class LoadedTls
{
    /// <exception cref="InvalidDataException">A file does not hold what it should.</exception>
    public LoadedTls(TlsFiles files)
    {
        Files = files;
        (Leaf, var chain) = PemFile.Pair(files.Certificate, files.Key);
        Certificate = SslStreamCertificateContext.Create(Leaf, chain, offline: true);
        ClientRoots = files.ClientCa?.Roots();
        Revoked = files.ClientCrl is null ? RevokedCertificates.None : RevokedCertificates.Load(files.ClientCrl);
    }

    public TlsFiles Files { get; }

    public X509Certificate2 Leaf { get; }

    public SslStreamCertificateContext Certificate { get; }

    /// <summary>Null when clients are not asked for a certificate.</summary>
    public X509Certificate2Collection? ClientRoots { get; }

    public RevokedCertificates Revoked { get; }
}
