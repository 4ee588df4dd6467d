using Scoring.Server.Settings;

namespace Scoring.Server.Tls;

/// <summary>The files of a server's TLS as they were at one time; equal when all their contents are.</summary>
internal sealed record TlsFiles(PemFile Certificate, PemFile Key, PemFile? ClientCa, PemFile? ClientCrl)
{
    /// <exception cref="SettingException">One cannot be read.</exception>
    public static TlsFiles Read(ServerSettings settings) =>
        new(
            PemFile.Read(nameof(settings.TlsCertificate), settings.TlsCertificate),
            PemFile.Read(nameof(settings.TlsKey), settings.TlsKey),
            ReadIfSet(nameof(settings.TlsClientCa), settings.TlsClientCa),
            ReadIfSet(nameof(settings.TlsClientCrl), settings.TlsClientCrl)
        );

    private static PemFile? ReadIfSet(string setting, string path) =>
        path.Length > 0 ? PemFile.Read(setting, path) : null;
}
