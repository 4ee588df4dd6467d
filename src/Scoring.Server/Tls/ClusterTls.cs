using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Scoring.Server.Tls;

/// <summary>TLS between the servers of a cluster, and with applications of Orleans: each side shows a certificate of the cluster's own authority.</summary>
/// <remarks>Whoever has such a certificate is trusted as a server is, whatever its name and address: servers come and go at any of them.</remarks>
/// <param name="files">The certificate, its key and the authority.</param>
/// <param name="log">Is told of who is refused.</param>
internal sealed partial class ClusterTls(ServerTls files, ILogger<ClusterTls> log)
{
    /// <summary>Has a silo use it for all its connections.</summary>
    public void Configure(TlsOptions options)
    {
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = Accepts;
        // Demanded, though what follows shows another: the files are looked at for every connection, as they may be replaced meanwhile.
        options.LocalServerCertificateSelector = (_, _) => files.Current.Leaf;
        options.OnAuthenticateAsServer = (_, connection) =>
        {
            var current = files.Current;
            var ssl = (SslServerAuthenticationOptions)connection.SslServerAuthenticationOptions;
            // With those between it and the root, which the selected one would come without.
            ssl.ServerCertificateSelectionCallback = null;
            ssl.ServerCertificateContext = current.Certificate;
            // A resumed session would skip what has changed since.
            ssl.AllowTlsResume = false;
            ssl.CertificateChainPolicy = ServerTls.ChainPolicy(current.ClientRoots!, ServerTls.ClientAuthentication);
        };
        options.OnAuthenticateAsClient = (_, connection) =>
        {
            var current = files.Current;
            var ssl = (SslClientAuthenticationOptions)connection.SslClientAuthenticationOptions;
            ssl.ClientCertificateContext = current.Certificate;
            ssl.AllowTlsResume = false;
            ssl.CertificateChainPolicy = ServerTls.ChainPolicy(current.ClientRoots!, ServerTls.ServerAuthentication);
        };
    }

    private bool Accepts(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None)
        {
            return true;
        }
        LogRefused(certificate.Subject, ServerTls.Reason(chain, errors));
        return false;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "A connection with the certificate of {Subject}, which is not of the cluster's authority (ClusterCa), was refused: {Reason}"
    )]
    private partial void LogRefused(string subject, string reason);
}
