using Scoring.Server.Settings;
using Scoring.Tls;

namespace Scoring.Server.Tls;

/// <summary>The files of TLS as they were at one time; equal when all their contents are.</summary>
internal sealed record TlsFiles(PemFile Certificate, PemFile Key, PemFile? ClientCa, PemFile? ClientCrl)
{
    /// <summary>The files by which callers and the server know each other.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static TlsFiles Read(ServerSettings settings) =>
        new(
            Read(nameof(settings.TlsCertificate), settings.TlsCertificate),
            Read(nameof(settings.TlsKey), settings.TlsKey),
            settings.TlsClientCa.Length > 0 ? Read(nameof(settings.TlsClientCa), settings.TlsClientCa) : null,
            settings.TlsClientCrl.Length > 0 ? Read(nameof(settings.TlsClientCrl), settings.TlsClientCrl) : null
        );

    /// <summary>The files by which the servers of a cluster know each other.</summary>
    /// <exception cref="InvalidDataException">One cannot be read.</exception>
    public static TlsFiles ReadOfCluster(ServerSettings settings) =>
        new(
            Read(nameof(settings.ClusterCertificate), settings.ClusterCertificate),
            Read(nameof(settings.ClusterKey), settings.ClusterKey),
            Read(nameof(settings.ClusterCa), settings.ClusterCa),
            ClientCrl: null
        );

    private static PemFile Read(string setting, string path) =>
        PemFile.Read(path, source: $"Setting {ServerSettings.Section}:{setting}: ");
}
