using Scoring.Server.Settings;

namespace Scoring.Server.Tls;

/// <summary>Opens the files that the settings name for TLS.</summary>
internal static class TlsSettings
{
    /// <returns>Null when there is to be no TLS.</returns>
    /// <exception cref="SettingException">A file is no good.</exception>
    public static ServerTls? Open(ServerSettings settings, ILoggerFactory logging)
    {
        if (!settings.UsesTls)
        {
            return null;
        }
        var files = new (string Name, string Path)[]
        {
            (nameof(settings.TlsCertificate), settings.TlsCertificate),
            (nameof(settings.TlsKey), settings.TlsKey),
            (nameof(settings.TlsClientCa), settings.TlsClientCa),
            (nameof(settings.TlsClientCrl), settings.TlsClientCrl),
        };
        try
        {
            return new ServerTls(
                new ServerTlsOptions
                {
                    CertificateFile = settings.TlsCertificate,
                    KeyFile = settings.TlsKey,
                    ClientCaFile = OrNull(settings.TlsClientCa),
                    ClientCrlFile = OrNull(settings.TlsClientCrl),
                    RequireClientCertificate = settings.TlsRequireClientCertificate is not false,
                    ReloadInterval = settings.TlsReloadInterval,
                },
                logging.CreateLogger<ServerTls>()
            );
        }
        catch (PemFileException error)
        {
            var name = files.First(file => file.Path == error.File).Name;
            throw new SettingException($"Setting {ServerSettings.Section}:{name}: {error.Message}");
        }
    }

    private static string? OrNull(string path) => path.Length > 0 ? path : null;
}
