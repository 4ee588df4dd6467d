using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Scoring.Rpc.InteropServer.Hosting;

/// <summary>A certificate for this machine alone, for as long as a run of tests may take.</summary>
internal static class LoopbackCertificate
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Makes one that has signed itself, for <c>localhost</c> and <c>127.0.0.1</c>.</summary>
    public static X509Certificate2 Create(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        // Clients take it for their root as it stands.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Lifetime, now + Lifetime);
        return WithUsableKey(certificate);
    }

    /// <summary>A certificate and its private key out of PEM.</summary>
    public static X509Certificate2 FromPem(string certificate, string key)
    {
        using var parsed = X509Certificate2.CreateFromPem(certificate, key);
        return WithUsableKey(parsed);
    }

    /// <summary>Some platforms serve TLS only with keys that came out of a store.</summary>
    private static X509Certificate2 WithUsableKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
}
