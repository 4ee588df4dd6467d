using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Server.Settings;
using Scoring.Server.Tls;

namespace Scoring.Server.Tests.Tls;

/// <summary>TLS as clients meet it on a listener, and what is said of files that are no good.</summary>
public sealed class ServerTlsTests : IDisposable
{
    private readonly CertificateFolder _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_port_serves_both_versions_of_http(int version)
    {
        using var tls = new ServerTls(_files.Server);
        await using var server = await StartAsync(tls, _files.Trust);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/")
        {
            Version = new Version(version, version == 1 ? 1 : 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await server.Client.SendAsync(request, Token);

        Assert.Equal("https", server.Address.Scheme);
        Assert.Equal(version, answer.Version.Major);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("h2,http/1.1", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("http/1.1,h2", "h2")]
    [InlineData("", "")]
    public async Task Client_and_server_agree_on_the_version_of_http(string offered, string agreed)
    {
        using var tls = new ServerTls(_files.Server);
        await using var server = await StartAsync(tls, _files.Trust);

        await using var connection = await ConnectAsync(
            server,
            options =>
                options.ApplicationProtocols = [
                    .. offered
                        .Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(protocol => new SslApplicationProtocol(protocol)),
                ]
        );

        Assert.Equal(agreed, connection.NegotiatedApplicationProtocol.ToString());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Tls_1_2_and_1_3_are_spoken(SslProtocols version)
    {
        using var tls = new ServerTls(_files.Server);
        await using var server = await StartAsync(tls, _files.Trust);

        await using var connection = await ConnectAsync(server, options => options.EnabledSslProtocols = version);

        Assert.Equal(version, connection.SslProtocol);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        using var tls = new ServerTls(_files.Server);
        await using var server = await StartAsync(
            tls,
            new ClientTls { CaFile = _files.Write("other.pem", new Authority().Pem) }
        );

        await AssertRefusedAsync(server);
    }

    [Fact]
    public async Task A_chain_by_an_intermediate_authority_is_sent_whole()
    {
        var between = new Authority("Between", _files.Authority);
        var (certificate, key) = between.Issue();
        _files.WriteServer((certificate + between.Pem, key));
        using var tls = new ServerTls(_files.Server);
        await using var server = await StartAsync(tls, _files.Trust);

        Assert.Equal("hello", await CallAsync(server.Client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_with_a_certificate_of_the_authority_is_known_to_the_handler(bool required)
    {
        var seen = "";
        using var tls = new ServerTls(_files.Mutual with { TlsRequireClientCertificate = required });
        var shown = _files.Showing(_files.Authority.Issue("billing", Authority.ForClients));
        await using var server = await StartAsync(
            tls,
            shown,
            http =>
            {
                seen = http.Connection.ClientCertificate?.Subject;
                return "hello";
            }
        );

        Assert.Equal("hello", await CallAsync(server.Client));
        Assert.Equal("CN=billing", seen);
    }

    [Fact]
    public async Task A_client_by_an_intermediate_authority_shows_its_chain()
    {
        var between = new Authority("Between", _files.Authority);
        var (certificate, key) = between.Issue("billing", Authority.ForClients);
        using var tls = new ServerTls(_files.Mutual);
        await using var server = await StartAsync(tls, _files.Showing((certificate + between.Pem, key)));

        Assert.Equal("hello", await CallAsync(server.Client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_without_a_certificate_comes_in_only_if_none_is_required(bool required)
    {
        var log = new FakeLogger<ServerTls>();
        using var tls = new ServerTls(_files.Mutual with { TlsRequireClientCertificate = required }, log);
        await using var server = await StartAsync(tls, _files.Trust);

        if (required)
        {
            await AssertRefusedAsync(server);
            Assert.Contains("Information: A client without a certificate was refused", log.Lines());
        }
        else
        {
            Assert.Equal("hello", await CallAsync(server.Client));
        }
    }

    [Theory]
    [InlineData("of a stranger", "PartialChain")]
    [InlineData("of a stranger of the same name", "NotSignatureValid|PartialChain|UntrustedRoot")]
    [InlineData("expired", "NotTimeValid")]
    [InlineData("for servers", "NotValidForUsage")]
    [InlineData("revoked", "it is revoked")]
    public async Task A_client_with_a_bad_certificate_is_refused_even_if_none_is_required(string which, string reason)
    {
        var authority = _files.Authority;
        var revoked = authority.IssueAndRevoke("mallory");
        _files.Write("revoked.pem", new Authority("Other").Revocations() + revoked.Revocations);
        var pair = which switch
        {
            "of a stranger" => new Authority("Stranger").Issue("mallory", Authority.ForClients),
            "of a stranger of the same name" => new Authority().Issue("mallory", Authority.ForClients),
            "expired" => authority.Issue("mallory", Authority.ForClients, expired: true),
            "for servers" => authority.Issue("mallory", Authority.ForServers),
            _ => (revoked.Certificate, revoked.Key),
        };
        var log = new FakeLogger<ServerTls>();
        using var tls = new ServerTls(
            _files.Mutual with
            {
                TlsClientCrl = _files["revoked.pem"],
                TlsRequireClientCertificate = false,
            },
            log
        );
        await using var server = await StartAsync(tls, _files.Showing(pair));

        await AssertRefusedAsync(server);

        Assert.Contains(
            log.Lines(),
            line =>
                line.StartsWith(
                    "Information: The client certificate of CN=mallory was refused: ",
                    StringComparison.Ordinal
                ) && reason.Split('|').Any(one => line.Contains(one, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_client_that_was_not_revoked_comes_in_beside_one_that_was()
    {
        _files.Write("revoked.pem", _files.Authority.IssueAndRevoke("mallory").Revocations);
        using var tls = new ServerTls(_files.Mutual with { TlsClientCrl = _files["revoked.pem"] });
        var shown = _files.Showing(_files.Authority.Issue("billing", Authority.ForClients));
        await using var server = await StartAsync(tls, shown);

        Assert.Equal("hello", await CallAsync(server.Client));
    }

    public static TheoryData<string, string, string> BadFiles
    {
        get
        {
            using var rsa = RSA.Create(2048);
            var other = new Authority().Issue();
            var leaf = new Authority().Issue().Certificate;
            return new TheoryData<string, string, string>
            {
                { "server.pem", "", "holds no certificate in PEM" },
                { "server.pem", "hello", "holds no certificate in PEM" },
                {
                    "server.pem",
                    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                    "holds a certificate that cannot be read"
                },
                { "server.key", "", "holds no private key in PEM" },
                { "server.key", leaf, "holds no private key in PEM" },
                { "server.key", other.Key, "does not belong to the certificate in" },
                { "server.key", rsa.ExportPkcs8PrivateKeyPem(), "does not belong to the certificate in" },
                {
                    "server.key",
                    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                    "holds a private key that cannot be read"
                },
                {
                    "server.key",
                    rsa.ExportEncryptedPkcs8PrivateKeyPem(
                        "secret",
                        new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)
                    ),
                    "is encrypted"
                },
                { "ca.pem", "", "holds no certificate in PEM" },
                { "ca.pem", leaf, "holds no root certificate" },
                { "revoked.pem", leaf, "holds no list of revoked certificates" },
                {
                    "revoked.pem",
                    "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
                    "holds a list of revoked certificates that cannot be read"
                },
                { "server.pem", new string('x', 5 << 20), "is larger than" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_file_that_is_no_good_is_named_with_what_is_wrong(string name, string text, string problem)
    {
        _files.Write("revoked.pem", _files.Authority.Revocations());
        var options = _files.Mutual with { TlsClientCrl = _files["revoked.pem"] };
        _files.Write(name, text);

        var error = Assert.Throws<SettingException>(() => new ServerTls(options));

        Assert.StartsWith(
            $"Setting Scoring:{SettingOf(name)}: {_files[name]} ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server.pem")]
    [InlineData("server.key")]
    [InlineData("ca.pem")]
    [InlineData("revoked.pem")]
    public void A_file_that_is_not_there_is_named(string name)
    {
        _files.Write("revoked.pem", _files.Authority.Revocations());
        var options = _files.Mutual with { TlsClientCrl = _files["revoked.pem"] };
        File.Delete(_files[name]);

        var error = Assert.Throws<SettingException>(() => new ServerTls(options));

        Assert.Equal($"Setting Scoring:{SettingOf(name)}: {_files[name]} does not exist.", error.Message);
    }

    [Fact]
    public void What_has_run_out_is_warned_of_and_used()
    {
        var log = new FakeLogger<ServerTls>();
        _files.WriteServer(_files.Authority.Issue(expired: true));
        _files.Write("revoked.pem", _files.Authority.Revocations(nextUpdate: DateTimeOffset.UtcNow.AddDays(-1)));

        using var tls = new ServerTls(_files.Mutual with { TlsClientCrl = _files["revoked.pem"] }, log);

        Assert.Collection(
            log.Lines(),
            line => Assert.StartsWith($"Warning: The certificate in {_files["server.pem"]} is valid ", line),
            line => Assert.StartsWith($"Warning: {_files["revoked.pem"]} should have been replaced ", line)
        );
    }

    private static string SettingOf(string file) =>
        file switch
        {
            "server.pem" => "TlsCertificate",
            "server.key" => "TlsKey",
            "ca.pem" => "TlsClientCa",
            _ => "TlsClientCrl",
        };

    internal static Task<TlsServer> StartAsync(
        ServerTls tls,
        ClientTls client,
        Func<HttpContext, string>? answer = null
    ) => TlsServer.StartAsync(tls, client, answer);

    internal static Task<string> CallAsync(HttpClient client) => client.GetStringAsync("/", Token);

    /// <summary>A bare connection, as the server's authority says nothing here.</summary>
    internal static async Task<SslStream> ConnectAsync(
        TlsServer server,
        Action<SslClientAuthenticationOptions>? configure = null
    )
    {
        var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.SocketType.Stream,
            System.Net.Sockets.ProtocolType.Tcp
        );
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Token);
        var stream = new SslStream(new System.Net.Sockets.NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        configure?.Invoke(options);
        await stream.AuthenticateAsClientAsync(options, Token);
        return stream;
    }

    /// <remarks>With TLS 1.3 the client learns of it only after its side of the handshake, so any error of the transport will do.</remarks>
    private static Task<HttpRequestException> AssertRefusedAsync(TlsServer server) =>
        Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(server.Client));
}
