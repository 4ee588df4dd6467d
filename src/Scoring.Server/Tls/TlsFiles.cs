namespace Scoring.Server.Tls;

/// <summary>The files of a server's TLS as they were at one time; equal when all their contents are.</summary>
internal sealed record TlsFiles(PemFile Certificate, PemFile Key, PemFile? ClientCa, PemFile? ClientCrl)
{
    /// <exception cref="PemFileException">One cannot be read.</exception>
    public static TlsFiles Read(ServerTlsOptions options) =>
        new(
            PemFile.Read(options.CertificateFile),
            PemFile.Read(options.KeyFile),
            options.ClientCaFile is null ? null : PemFile.Read(options.ClientCaFile),
            options.ClientCrlFile is null ? null : PemFile.Read(options.ClientCrlFile)
        );
}
