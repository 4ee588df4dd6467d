using Scoring.Server.Settings;
using Scoring.Tls;

namespace Scoring.Server.Tls;

/// <summary>The files of a server's TLS as they were at one time; equal when all their contents are.</summary>
internal sealed record TlsFiles(PemFile Certificate, PemFile Key, PemFile? ClientCa, PemFile? ClientCrl)
{
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static TlsFiles Read(ServerSettings settings) =>
        new(
            Read(nameof(settings.TlsCertificate), settings.TlsCertificate),
            Read(nameof(settings.TlsKey), settings.TlsKey),
            settings.TlsClientCa.Length > 0 ? Read(nameof(settings.TlsClientCa), settings.TlsClientCa) : null,
            settings.TlsClientCrl.Length > 0 ? Read(nameof(settings.TlsClientCrl), settings.TlsClientCrl) : null
        );

    private static PemFile Read(string setting, string path) =>
        PemFile.Read(path, source: $"Setting {ServerSettings.Section}:{setting}: ");
}
