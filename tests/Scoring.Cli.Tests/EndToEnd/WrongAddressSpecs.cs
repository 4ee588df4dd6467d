using System.Net;
using System.Text;
using Grpc.Core;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Client;
using Scoring.Server.Tests.Tls;
using Scoring.V1;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>Callers at the wrong port, with or without TLS where it is the other way, or without a certificate are told so.</summary>
public sealed class WrongAddressSpecs(WrongAddressSpecs.Servers servers) : IClassFixture<WrongAddressSpecs.Servers>
{
    private const string PortForGrpc = "gRPC has a port of its own, the server's setting GrpcEndpoint, 5081 unless set";

    [Theory]
    [InlineData("score", "ada")]
    [InlineData("segment")]
    [InlineData("account", "acme")]
    [InlineData("model", "list")]
    [InlineData("simulate", "--customers", "1", "--days", "1")]
    public async Task By_gRPC_on_the_port_for_HTTP_the_port_for_gRPC_is_named(params string[] command)
    {
        var run = await CommandRun.OfAsync([.. command, "--address", servers.Plain.HttpAddress]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: {servers.Plain.HttpAddress} ", run.Error, StringComparison.Ordinal);
        Assert.Contains(PortForGrpc, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_HTTP_1_1_on_the_port_for_gRPC_the_port_for_HTTP_is_named()
    {
        using var http = new HttpClient();

        var answer = await http.PostAsync(
            new Uri($"{servers.Plain.Address}/v1/events"),
            new StringContent("{}", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(
            "This port is for gRPC, by HTTP/2. HTTP/1.1, for calls in JSON, health and metrics, has its own: "
                + $"{servers.Plain.HttpAddress}/ (setting HttpEndpoint).\n",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Without_TLS_where_there_is_TLS_https_is_advised()
    {
        var address = servers.Mutual.Address.Replace("https:", "http:", StringComparison.Ordinal);

        var run = await CommandRun.OfAsync("score", "ada", "--address", address);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "does not answer in HTTP/2: if it wants TLS, write https://",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task With_TLS_where_there_is_none_http_is_advised()
    {
        var address = servers.Plain.Address.Replace("http:", "https:", StringComparison.Ordinal);

        var run = await CommandRun.OfAsync("score", "ada", "--address", address);

        Assert.Equal(
            (1, $"scoring: {address} does not speak TLS; write http:// instead of https://"),
            (run.ExitCode, run.Error.TrimEnd())
        );
    }

    [Fact]
    public async Task Without_a_client_certificate_where_one_is_asked_for_it_is_asked_for()
    {
        var run = await CommandRun.OfAsync("score", "ada", "--address", servers.Mutual.Address, "--ca", servers.Ca);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("asks for a client certificate", run.Error, StringComparison.Ordinal);
        Assert.Contains("--cert and --key", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("no server answers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_of_another_authority_is_named()
    {
        var (certificate, key) = servers.Write("stranger", new Authority().Issue("me", Authority.ForClients));

        var run = await CommandRun.OfAsync(
            "score",
            "ada",
            "--address",
            servers.Mutual.Address,
            "--ca",
            servers.Ca,
            "--cert",
            certificate,
            "--key",
            key
        );

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"does not accept the client certificate {certificate}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_of_NET_is_told_the_same()
    {
        using var client = new ScoringClient(servers.Plain.HttpAddress);

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            client
                .Scoring.GetScoreAsync(
                    new GetScoreRequest { CustomerId = "ada" },
                    cancellationToken: TestContext.Current.CancellationToken
                )
                .ResponseAsync
        );

        Assert.IsType<ScoringConnectionException>(error.Status.DebugException);
        Assert.Contains(PortForGrpc, error.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>A server without TLS, and one that knows its callers by their certificates.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        internal RunningServer Plain { get; private set; } = null!;

        internal RunningServer Mutual { get; private set; } = null!;

        internal string Ca { get; private set; } = "";

        /// <inheritdoc />
        public async ValueTask InitializeAsync()
        {
            var authority = new Authority();
            Ca = _folder.Write("ca.pem", authority.Pem);
            var (certificate, key) = Write("server", authority.Issue());
            var (mine, myKey) = Write("me", authority.Issue("me", Authority.ForClients));
            Plain = await RunningServer.StartAsync();
            Mutual = await RunningServer.StartAsync(
                new ClientTlsOptions
                {
                    CaFile = Ca,
                    CertificateFile = mine,
                    KeyFile = myKey,
                },
                $"--TlsCertificate={certificate}",
                $"--TlsKey={key}",
                $"--TlsClientCa={Ca}"
            );
        }

        /// <inheritdoc />
        public async ValueTask DisposeAsync()
        {
            await Plain.DisposeAsync();
            await Mutual.DisposeAsync();
            _folder.Dispose();
        }

        internal (string Certificate, string Key) Write(string name, (string Certificate, string Key) pair) =>
            (_folder.Write($"{name}.pem", pair.Certificate), _folder.Write($"{name}.key", pair.Key));
    }
}
