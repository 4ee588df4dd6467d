namespace Scoring.Client;

/// <summary>What a client of an https address trusts and shows. PEM files, read when the client is made.</summary>
public sealed class ClientTlsOptions
{
    /// <summary>The root certificates that the server's must come from, and none but these; null trusts those of the system.</summary>
    public string? CaFile { get; set; }

    /// <summary>The certificate to show to servers that ask for one, behind it those between it and a root; needs <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The private key of the certificate, without a password.</summary>
    public string? KeyFile { get; set; }
}
