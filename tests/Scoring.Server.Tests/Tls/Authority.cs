using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Scoring.Server.Tests.Tls;

/// <summary>A throw-away certificate authority that issues certificates for one test.</summary>
internal sealed class Authority
{
    public const string ForServers = "1.3.6.1.5.5.7.3.1";
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    /// <summary>Such as the servers of a cluster have.</summary>
    public const string ForBoth = $"{ForServers} {ForClients}";

    private readonly X509Certificate2 _certificate;
    private readonly CertificateRevocationListBuilder _revoked = new();

    /// <param name="name">Its name; two of one name are still strangers to each other.</param>
    /// <param name="issuer">Null makes a root.</param>
    public Authority(string name = "Test Root", Authority? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var (from, to) = (DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
        _certificate = issuer is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(issuer._certificate, from.AddDays(1), to.AddDays(-1), NewSerial()).CopyWithPrivateKey(key);
    }

    public string Pem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>A certificate for this machine and its key.</summary>
    public (string Certificate, string Key) Issue(
        string name = "localhost",
        string purpose = ForServers,
        bool expired = false
    )
    {
        var (certificate, key) = IssueCertificate(name, purpose, expired);
        using (certificate)
        {
            return (certificate.ExportCertificatePem() + "\n", key);
        }
    }

    /// <summary>A certificate of a client, and the same taken back.</summary>
    public (string Certificate, string Key, string Revocations) IssueAndRevoke(string name)
    {
        var (certificate, key) = IssueCertificate(name, ForClients, expired: false);
        using (certificate)
        {
            _revoked.AddEntry(certificate);
            return (certificate.ExportCertificatePem() + "\n", key, Revocations());
        }
    }

    /// <summary>The list of all that was taken back.</summary>
    public string Revocations(DateTimeOffset? nextUpdate = null)
    {
        var next = nextUpdate ?? DateTimeOffset.UtcNow.AddDays(30);
        var list = _revoked.Build(_certificate, 1, next, HashAlgorithmName.SHA256, thisUpdate: next.AddDays(-60));
        return PemEncoding.WriteString("X509 CRL", list) + "\n";
    }

    private (X509Certificate2 Certificate, string Key) IssueCertificate(string name, string purpose, bool expired)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. purpose.Split(' ').Select(use => new Oid(use))], false)
        );
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return (
            request.Create(_certificate, now.AddDays(-10), expired ? now.AddDays(-1) : now.AddDays(30), NewSerial()),
            key.ExportPkcs8PrivateKeyPem() + "\n"
        );
    }

    private static byte[] NewSerial() => [0x7f, .. RandomNumberGenerator.GetBytes(15)];
}
