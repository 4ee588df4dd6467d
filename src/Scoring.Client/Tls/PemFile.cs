using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Scoring.Tls;

/// <summary>A PEM file as it was when it was read, for the client and for the server. Two are equal when path and content are.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Text">What it held.</param>
/// <param name="Source">What names it, to be read before the path where something is wrong.</param>
internal sealed record PemFile(string Path, string Text, string Source)
{
    /// <summary>More than the certificates of all public authorities together.</summary>
    private const int MaxBytes = 4 << 20;

    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static PemFile Read(string path, string source = "")
    {
        var file = new PemFile(path, "", source);
        try
        {
            return new FileInfo(path) is { Exists: true, Length: > MaxBytes }
                ? throw file.Wrong($"is larger than {MaxBytes:N0} bytes, so it is no file of certificates")
                : file with
                {
                    Text = File.ReadAllText(path),
                };
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw file.Wrong("does not exist", exception);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw file.Wrong("is a folder, not a file", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw file.Wrong($"cannot be read: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    /// <summary>A certificate with its private key, and the certificates between it and a root, which stand behind it in its file.</summary>
    /// <exception cref="InvalidDataException">One of both is not there, unreadable, or they do not belong together.</exception>
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
            throw key.Wrong(
                $"holds a private key that cannot be read or does not belong to the certificate in {certificate.Path}",
                exception
            );
        }
    }

    /// <summary>The certificates in it, at least one.</summary>
    /// <exception cref="InvalidDataException">There is none, or one cannot be read.</exception>
    public X509Certificate2Collection Certificates()
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Text);
        }
        catch (CryptographicException exception)
        {
            throw Wrong("holds a certificate that cannot be read", exception);
        }

        return certificates.Count > 0 ? certificates : throw Wrong("holds no certificate in PEM");
    }

    /// <summary>The certificates in it, of which at least one is a root: others are trusted only by way of one.</summary>
    /// <exception cref="InvalidDataException">There is none, or one cannot be read.</exception>
    public X509Certificate2Collection Roots()
    {
        var certificates = Certificates();
        return certificates.Any(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData))
            ? certificates
            : throw Wrong("holds no root certificate (one that has issued itself)");
    }

    /// <summary>Says what is wrong with the file.</summary>
    /// <param name="problem">To be read behind its path: "holds no private key".</param>
    /// <param name="inner">Why, if the system says so.</param>
    public InvalidDataException Wrong(string problem, Exception? inner = null) =>
        new($"{Source}{Path} {problem}.", inner);

    private void CheckPrivateKey()
    {
        if (Text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Wrong("holds a private key that is encrypted; it must be without a password");
        }

        if (!Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Wrong("holds no private key in PEM");
        }
    }
}
