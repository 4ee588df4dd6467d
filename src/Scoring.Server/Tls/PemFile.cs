using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Scoring.Server.Tls;

/// <summary>A PEM file as it was when it was read. Two are equal when path and content are.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Text">What it held.</param>
internal sealed record PemFile(string Path, string Text)
{
    /// <summary>More than the certificates of all public authorities together.</summary>
    private const int MaxBytes = 4 << 20;

    /// <exception cref="PemFileException">It cannot be read.</exception>
    public static PemFile Read(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MaxBytes }
                ? throw new PemFileException(
                    path,
                    $"is larger than {MaxBytes:N0} bytes, so it is no file of certificates"
                )
                : new PemFile(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PemFileException(path, "does not exist", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PemFileException(path, $"cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>A certificate with its private key, and the certificates between it and a root, which stand behind it in its file.</summary>
    /// <exception cref="PemFileException">One of both is not there, unreadable, or they do not belong together.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Pair(
        PemFile certificate,
        PemFile key
    )
    {
        var chain = certificate.Certificates();
        chain.RemoveAt(0);
        key.CheckPrivateKey();
        try
        {
            return (X509Certificate2.CreateFromPem(certificate.Text, key.Text), chain);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new PemFileException(
                key.Path,
                $"holds a private key that cannot be read or does not belong to the certificate in {certificate.Path}",
                exception
            );
        }
    }

    /// <summary>The certificates in it, at least one.</summary>
    /// <exception cref="PemFileException">There is none, or one cannot be read.</exception>
    public X509Certificate2Collection Certificates()
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Text);
        }
        catch (CryptographicException exception)
        {
            throw new PemFileException(Path, "holds a certificate that cannot be read", exception);
        }

        return certificates.Count > 0 ? certificates : throw new PemFileException(Path, "holds no certificate in PEM");
    }

    /// <summary>The certificates in it, of which at least one is a root: others are trusted only by way of one.</summary>
    /// <exception cref="PemFileException">There is none, or one cannot be read.</exception>
    public X509Certificate2Collection Roots()
    {
        var certificates = Certificates();
        return certificates.Any(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData))
            ? certificates
            : throw new PemFileException(Path, "holds no root certificate (one that has issued itself)");
    }

    private void CheckPrivateKey()
    {
        if (Text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new PemFileException(Path, "holds a private key that is encrypted; it must be without a password");
        }

        if (!Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new PemFileException(Path, "holds no private key in PEM");
        }
    }
}
