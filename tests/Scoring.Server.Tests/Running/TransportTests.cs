using System.Net;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Scoring.Server.Tests.Tls;

namespace Scoring.Server.Tests.Running;

/// <summary>The server with TLS, and with callers in browsers, as its settings make it.</summary>
public sealed class TransportTests : IDisposable
{
    private const string GetScorePath = "/v1/customers/nobody:score";

    private readonly Folder _folder = new();
    private readonly CertificateFolder _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Tls => [$"--TlsCertificate={_files["server.pem"]}", $"--TlsKey={_files["server.key"]}"];

    private string[] MutualTls => [.. Tls, $"--TlsClientCa={_files["ca.pem"]}"];

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task With_tls_one_port_serves_everything()
    {
        await using var server = await ServerInstance.StartAsync(_folder, Tls, tls: _files.Trust);
        using var http = Http();

        Assert.Matches(@"^Scoring \d+\.\d+\.\d+: gRPC and HTTP https://127\.0\.0\.1:\d+, data /", server.Greeting);
        Assert.Equal(server.Grpc + "/", server.Http.BaseAddress?.ToString());
        var grpc = await CheckAsync(server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, grpc.Status);
        Assert.Equal("ready\n", await http.GetStringAsync(server.Grpc + "/readyz", Token));
        Assert.Contains(
            "scoring_",
            await http.GetStringAsync(server.Grpc + "/metrics", Token),
            StringComparison.Ordinal
        );
        foreach (var version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var json = await http.SendAsync(GetScore(server.Grpc, version), Token);
            Assert.Equal((version, HttpStatusCode.NotFound), (json.Version, json.StatusCode));
            Assert.Contains(
                "CUSTOMER_NOT_FOUND",
                await json.Content.ReadAsStringAsync(Token),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task With_a_client_ca_only_its_clients_come_in_and_probes_have_a_port_of_their_own()
    {
        var shown = _files.Showing(_files.Authority.Issue("billing", Authority.ForClients));
        await using var server = await ServerInstance.StartAsync(
            _folder,
            [.. MutualTls, "--HttpEndpoint=127.0.0.1:0"],
            tls: shown
        );
        using var stranger = _files.Trust.Channel(server.Grpc);

        Assert.Matches(
            @": gRPC and HTTP https://127\.0\.0\.1:\d+ \(client certificates required\), probes http://127\.0\.0\.1:\d+, data ",
            server.Greeting
        );
        var answer = await CheckAsync(server.Channel);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        await Assert.ThrowsAsync<RpcException>(() => CheckAsync(stranger));
        Assert.Equal("http", server.Http.BaseAddress?.Scheme);
        Assert.Equal("ready\n", await server.Http.GetStringAsync("/readyz", Token));
        using var call = await server.Http.SendAsync(GetScore("", HttpVersion.Version11), Token);
        Assert.Equal(HttpStatusCode.Forbidden, call.StatusCode);
        Assert.Contains("need TLS", await call.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> BadFiles =>
        new()
        {
            { "server.pem", "TlsCertificate", "holds no certificate" },
            { "server.key", "TlsKey", "holds no private key" },
            { "ca.pem", "TlsClientCa", "holds no certificate" },
        };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task A_file_that_is_no_good_stops_the_start_by_setting_and_file(
        string file,
        string setting,
        string problem
    )
    {
        _files.Write(file, "nothing");

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, MutualTls);

        Assert.Equal(2, code);
        Assert.Matches($"^Setting Scoring:{setting}: {Regex.Escape(_files[file])} {problem}[^\n]*\n$", errors);
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Pages_of_listed_origins_may_call_and_others_are_told_nothing()
    {
        await using var server = await ServerInstance.StartAsync(_folder, ["--CorsOrigins=https://app.example"]);

        Assert.Equal("https://app.example", await AllowedOriginAsync(server, "https://app.example"));
        Assert.Null(await AllowedOriginAsync(server, "https://other.example"));
    }

    [Fact]
    public async Task Without_the_setting_no_page_of_another_origin_may_call()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        Assert.Null(await AllowedOriginAsync(server, "https://app.example"));
    }

    private static async Task<string?> AllowedOriginAsync(ServerInstance server, string origin)
    {
        using var request = GetScore("", HttpVersion.Version11);
        request.Headers.Add("origin", origin);
        using var response = await server.Http.SendAsync(request, Token);
        return response.Headers.TryGetValues("access-control-allow-origin", out var values) ? values.Single() : null;
    }

    private static HttpRequestMessage GetScore(string server, Version version) =>
        new(HttpMethod.Get, server + GetScorePath)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

    private static async Task<HealthCheckResponse> CheckAsync(GrpcChannel channel) =>
        await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest(),
            cancellationToken: Token
        );

    private HttpClient Http() => new(_files.Trust.Handler());
}
