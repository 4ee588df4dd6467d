using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.Postgres.Tests.Support;
using Scoring.Server.Tests.Tls;
using Scoring.V1;

namespace Scoring.Acceptance.Tests.Servers;

/// <summary>Servers of a cluster that know each other by certificates (ClusterCertificate, ClusterKey, ClusterCa).</summary>
public sealed class ClusterTlsSpecs(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private const int Customers = 60;
    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new("Cluster");
    private ThreeServers? _servers;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Servers_with_certificates_of_one_authority_are_one_store()
    {
        PostgresServer.SkipWhereMissing();
        _servers = await ThreeServers.StartAsync(postgres.NewDatabase(), Certificates("server", _authority));

        await RecordAsync(_servers.All[0]);

        foreach (var server in _servers.All)
        {
            Assert.Equal(Customers, await CountAsync(server));
        }
    }

    [Fact]
    public async Task Who_shows_no_certificate_of_the_authority_is_not_spoken_to()
    {
        PostgresServer.SkipWhereMissing();
        var port = FreePort.Next();
        await using var server = await ThreeServers.StartOneAsync(
            postgres.NewDatabase(),
            [.. Certificates("server", _authority), $"--Scoring:SiloPort={port}"]
        );

        Assert.True(await AnswersAsync(port, Certificate("another", _authority)));
        Assert.False(await AnswersAsync(port, certificate: null));
        Assert.False(await AnswersAsync(port, Certificate("stranger", new Authority("Cluster"))));
        Assert.False(await AnswersAsync(port, Certificate("caller", _authority, Authority.ForServers)));
    }

    [Fact]
    public async Task A_server_of_another_authority_or_without_tls_does_not_get_in_and_the_others_go_on()
    {
        PostgresServer.SkipWhereMissing();
        var database = postgres.NewDatabase();
        _servers = await ThreeServers.StartAsync(database, Certificates("server", _authority));
        await RecordAsync(_servers.All[0]);

        var refused = await Task.WhenAll(
            EndAsync(ThreeServers.StartOneAsync(database, Certificates("stranger", new Authority("Cluster")))),
            EndAsync(ThreeServers.StartOneAsync(database))
        );

        Assert.Contains("CN=server, which is not of the cluster's authority", refused[0], StringComparison.Ordinal);
        foreach (var server in _servers.All)
        {
            Assert.Equal(Customers, await CountAsync(server));
        }
    }

    /// <summary>What a server logged that ended instead of being ready.</summary>
    private static async Task<string> EndAsync(Task<RunningServer> start)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => start);
        return error.Message;
    }

    private static async Task RecordAsync(RunningServer server)
    {
        using var client = new ScoringClient(server.Address);
        var request = new RecordEventsRequest();
        for (var i = 0; i < Customers; i++)
        {
            request.Events.Add(new Event { CustomerId = $"customer-{i}", Type = "login" });
        }
        var answer = await client.Scoring.RecordEventsAsync(request, cancellationToken: Token);
        Assert.Equal(Customers, answer.AcceptedCount);
    }

    private static async Task<long> CountAsync(RunningServer server)
    {
        using var client = new ScoringClient(server.Address);
        var answer = await client.Scoring.GetSegmentStatsAsync(new GetSegmentStatsRequest(), cancellationToken: Token);
        return answer.CustomerCount;
    }

    /// <summary>Whether a silo goes on with a connection on which a certificate was shown.</summary>
    private static async Task<bool> AnswersAsync(int port, X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        await using var tls = new SslStream(socket.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [new("Orleans1")],
            ClientCertificates = certificate is null ? [] : [certificate],
            RemoteCertificateValidationCallback = (_, silo, _, _) => silo?.Issuer == "CN=Cluster",
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options, Token);
            // With TLS 1.3 the other side looks at the certificate after that, and a silo speaks first.
            return await tls.ReadAsync(new byte[1], Token) == 1;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private string[] Certificates(string name, Authority authority)
    {
        var (certificate, key) = authority.Issue(name, Authority.ForBoth);
        return
        [
            $"--Scoring:ClusterCertificate={Write($"{name}.pem", certificate)}",
            $"--Scoring:ClusterKey={Write($"{name}.key", key)}",
            $"--Scoring:ClusterCa={Write($"{name}-ca.pem", authority.Pem)}",
        ];
    }

    private static X509Certificate2 Certificate(string name, Authority authority, string purpose = Authority.ForBoth)
    {
        var (certificate, key) = authority.Issue(name, purpose);
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }
}
