using Scoring.Server.Settings;

namespace Scoring.Server.Tests.Tls;

/// <summary>A folder with the files of a server and of clients; gone with the test.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scoring-tls-tests-").FullName;

    public CertificateFolder()
    {
        Write("ca.pem", Authority.Pem);
        WriteServer(Authority.Issue());
    }

    public Authority Authority { get; } = new();

    public string this[string name] => Path.Combine(_root, name);

    /// <summary>What trusts this folder's authority alone.</summary>
    public ClientTls Trust => new() { CaFile = this["ca.pem"] };

    public ServerSettings Server => new() { TlsCertificate = this["server.pem"], TlsKey = this["server.key"] };

    /// <summary>A server that asks clients for certificates.</summary>
    public ServerSettings Mutual => Server with { TlsClientCa = this["ca.pem"] };

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void WriteServer((string Certificate, string Key) pair)
    {
        Write("server.pem", pair.Certificate);
        Write("server.key", pair.Key);
    }

    /// <summary>What trusts the folder's authority and shows a certificate.</summary>
    public ClientTls Showing((string Certificate, string Key) pair)
    {
        var name = Guid.NewGuid().ToString("N");
        return Trust with
        {
            CertificateFile = Write($"{name}.pem", pair.Certificate),
            KeyFile = Write($"{name}.key", pair.Key),
        };
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
