using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scoring.Server.Settings;
using Scoring.Server.Tls;

namespace Scoring.Server.Tests.Tls;

/// <summary>Files of TLS that are replaced while the server runs. The clock of the looks is the test's.</summary>
public sealed class TlsReloadTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CertificateFolder _files = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly FakeLogger<ServerTls> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_new_pair_holds_for_new_connections_and_open_ones_go_on()
    {
        using var tls = Open(_files.Server);
        await using var server = await ServerTlsTests.StartAsync(tls, _files.Trust, http => http.Connection.Id);
        var connection = await ServerTlsTests.CallAsync(server.Client);
        var old = await SerialAsync(server);

        _files.WriteServer(_files.Authority.Issue());
        Assert.Equal(old, await SerialAsync(server));
        _time.Advance(Interval);

        Assert.NotEqual(old, await SerialAsync(server));
        Assert.Equal(connection, await ServerTlsTests.CallAsync(server.Client));
        Assert.StartsWith(
            "Information: New TLS files hold from now on: certificate of CN=localhost",
            Assert.Single(_log.Lines())
        );
    }

    [Fact]
    public async Task Half_a_pair_changes_nothing_and_is_told_once_if_it_stays()
    {
        using var tls = Open(_files.Server);
        await using var server = await ServerTlsTests.StartAsync(tls, _files.Trust);
        var old = await SerialAsync(server);
        var (certificate, key) = _files.Authority.Issue();

        _files.Write("server.pem", certificate);
        _time.Advance(Interval);
        Assert.Empty(_log.Lines());
        Assert.Equal(old, await SerialAsync(server));

        _time.Advance(Interval);
        _time.Advance(Interval);
        _time.Advance(Interval);
        var line = Assert.Single(_log.Lines());
        Assert.StartsWith("Error: The TLS files have changed and are no good, so the old ones still hold: ", line);
        Assert.Contains(_files["server.key"], line, StringComparison.Ordinal);
        Assert.Equal(old, await SerialAsync(server));

        _files.Write("server.key", key);
        _time.Advance(Interval);
        Assert.NotEqual(old, await SerialAsync(server));
        Assert.Equal(2, _log.Lines().Length);
    }

    [Theory]
    [InlineData("server.pem", "")]
    [InlineData("server.key", "-----BEGIN PRIVATE KEY-----\nAA")]
    [InlineData("ca.pem", "nothing")]
    [InlineData("server.pem", null)]
    public async Task Broken_or_missing_files_keep_the_old_ones(string name, string? text)
    {
        using var tls = Open(_files.Mutual with { TlsRequireClientCertificate = false });
        await using var server = await ServerTlsTests.StartAsync(tls, _files.Trust);
        var old = await SerialAsync(server);

        if (text is null)
        {
            File.Delete(_files[name]);
        }
        else
        {
            _files.Write(name, text);
        }

        _time.Advance(Interval);
        _time.Advance(Interval);

        Assert.Equal(old, await SerialAsync(server));
        Assert.Contains(_files[name], Assert.Single(_log.Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_fault_is_told_too()
    {
        using var tls = Open(_files.Server);

        foreach (var text in (string[])["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
        {
            await File.WriteAllTextAsync(_files["server.pem"], text, Token);
            _time.Advance(Interval);
            _time.Advance(Interval);
        }

        Assert.Equal(2, _log.Lines().Length);
    }

    [Fact]
    public async Task Links_that_are_swapped_as_kubernetes_does_it_are_followed()
    {
        var options = MountSecret("..1", _files.Authority.Issue());
        using var tls = Open(options);
        await using var server = await ServerTlsTests.StartAsync(tls, _files.Trust);
        var old = await SerialAsync(server);

        MountSecret("..2", _files.Authority.Issue());
        _time.Advance(Interval);

        Assert.NotEqual(old, await SerialAsync(server));
    }

    [Fact]
    public async Task A_client_that_is_revoked_while_the_server_runs_cannot_connect_again()
    {
        var (certificate, key, revocations) = _files.Authority.IssueAndRevoke("mallory");
        _files.Write("revoked.pem", new Authority("Other").Revocations());
        using var tls = Open(_files.Mutual with { TlsClientCrl = _files["revoked.pem"] });
        var shown = _files.Showing((certificate, key));
        await using var server = await ServerTlsTests.StartAsync(tls, shown);
        Assert.Equal("hello", await ServerTlsTests.CallAsync(server.Client));

        _files.Write("revoked.pem", revocations);
        _time.Advance(Interval);

        using var again = server.NewClient(shown);
        await Assert.ThrowsAsync<HttpRequestException>(() => ServerTlsTests.CallAsync(again));
    }

    [Fact]
    public void Files_that_have_not_changed_are_left_alone()
    {
        using var tls = Open(_files.Server);
        var before = tls.ForConnection().ServerCertificateContext;

        _time.Advance(Interval * 10);

        Assert.Same(before, tls.ForConnection().ServerCertificateContext);
        Assert.Empty(_log.Lines());
    }

    private ServerTls Open(ServerSettings settings) =>
        new(settings with { TlsReloadInterval = new(Interval) }, _log, _time);

    private static async Task<string> SerialAsync(TlsServer server)
    {
        await using var connection = await ServerTlsTests.ConnectAsync(server);
        return connection.RemoteCertificate!.GetSerialNumberString();
    }

    /// <summary>Puts a version of a secret where it is mounted: files are links into ..data, which is a link to the version.</summary>
    private ServerSettings MountSecret(string version, (string Certificate, string Key) pair)
    {
        Directory.CreateDirectory(_files[version]);
        File.WriteAllText(Path.Combine(_files[version], "tls.crt"), pair.Certificate);
        File.WriteAllText(Path.Combine(_files[version], "tls.key"), pair.Key);
        File.Delete(_files["..data"]);
        File.CreateSymbolicLink(_files["..data"], version);
        foreach (var name in (string[])["tls.crt", "tls.key"])
        {
            if (!File.Exists(_files[name]))
            {
                File.CreateSymbolicLink(_files[name], Path.Combine("..data", name));
            }
        }

        return new ServerSettings { TlsCertificate = _files["tls.crt"], TlsKey = _files["tls.key"] };
    }
}
