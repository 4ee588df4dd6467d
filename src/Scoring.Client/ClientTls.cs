using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(Roots(caFile));
        }

        switch (options)
        {
            case { CertificateFile: { } certificateFile, KeyFile: { } keyFile }:
                tls.ClientCertificateContext = ClientCertificate(certificateFile, keyFile);
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

    // A certificate that others have issued is trusted only by way of a root.
    private static X509Certificate2Collection Roots(string file)
    {
        var certificates = Certificates(file, Text(file));
        return certificates.Any(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData))
            ? certificates
            : throw Wrong(file, "holds no root certificate (one that has issued itself)");
    }

    private static SslStreamCertificateContext ClientCertificate(string certificateFile, string keyFile)
    {
        var (certificateText, keyText) = (Text(certificateFile), Text(keyFile));
        var chain = Certificates(certificateFile, certificateText);
        chain.RemoveAt(0);
        if (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Wrong(keyFile, "holds a private key that is encrypted; it must be without a password");
        }

        if (!keyText.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Wrong(keyFile, "holds no private key in PEM");
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPem(certificateText, keyText);
            return SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Wrong(keyFile, $"holds a private key that cannot be read or does not belong to {certificateFile}", e);
        }
    }

    private static X509Certificate2Collection Certificates(string file, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw Wrong(file, "holds a certificate that cannot be read", e);
        }

        return certificates.Count > 0 ? certificates : throw Wrong(file, "holds no certificate in PEM");
    }

    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Wrong(file, "does not exist", e);
        }
        catch (UnauthorizedAccessException e) when (Directory.Exists(file))
        {
            throw Wrong(file, "is a folder, not a file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(file, $"cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static InvalidDataException Wrong(string file, string problem, Exception? inner = null) =>
        new($"{file} {problem}.", inner);
}
