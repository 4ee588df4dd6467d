using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using Orleans.Configuration;
using Scoring.Server.Hosting;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;
using Scoring.Server.Tests.Calls;

namespace Scoring.Server.Tests.Running;

/// <summary>What the process does not let others do, and what it leaves when it does not start.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SafetyTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly string[] FreePorts = ["--GrpcEndpoint=127.0.0.1:0", "--HttpEndpoint=127.0.0.1:0"];

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_page_whose_name_leads_to_loopback_cannot_call_and_probes_are_answered_under_any_name()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        foreach (
            var (path, expected) in (IEnumerable<(string, HttpStatusCode)>)
                [
                    ("/v1/models", HttpStatusCode.BadRequest),
                    ("/metrics", HttpStatusCode.BadRequest),
                    ("/openapi.json", HttpStatusCode.BadRequest),
                    ("/healthz", HttpStatusCode.OK),
                    ("/readyz", HttpStatusCode.OK),
                ]
        )
        {
            Assert.Equal((path, expected), (path, await GetAsync(server.Http, path, "evil.example")));
            Assert.Equal((path, HttpStatusCode.OK), (path, await GetAsync(server.Http, path, "LOCALHOST:9")));
        }
        using var call = new HttpRequestMessage(
            HttpMethod.Post,
            $"{server.Grpc}/scoring.v1.ModelService/ListScoringModels"
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = "evil.example" },
            Content = RawCall.Content([], "application/grpc"),
        };
        using var http = new HttpClient();
        using var answer = await http.SendAsync(call, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Hosts_that_are_set_are_allowed_and_no_others()
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            ["--AllowedHosts=scoring.example,*.internal.example"]
        );

        Assert.Equal(HttpStatusCode.OK, await GetAsync(server.Http, "/v1/models", "scoring.example"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server.Http, "/v1/models", "a.internal.example:5080"));
        Assert.Equal(HttpStatusCode.BadRequest, await GetAsync(server.Http, "/v1/models", "localhost"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server.Http, "/healthz", "localhost"));
    }

    [Theory]
    [InlineData("127.0.0.1:1", "[::1]:2", "localhost 127.0.0.1 [::1]")]
    [InlineData("127.0.0.9:1", "127.0.0.1:2", "localhost 127.0.0.1 [::1] 127.0.0.9")]
    [InlineData("*:1", "127.0.0.1:2", "*")]
    [InlineData("127.0.0.1:1", "0.0.0.0:2", "*")]
    public void Unset_means_names_of_loopback_where_nothing_else_is_listened_on(
        string grpc,
        string http,
        string hosts
    ) =>
        Assert.Equal(
            hosts.Split(' '),
            AllowedHosts
                .Of(
                    new ServerSettings
                    {
                        GrpcEndpoint = ListenAddress.Parse(grpc),
                        HttpEndpoint = ListenAddress.Parse(http),
                    }
                )
                .Distinct()
        );

    [Fact]
    public async Task What_the_server_writes_is_its_users_alone()
    {
        await using var server = await ServerInstance.StartAsync(_folder, ["--DataDirectory=made/data"]);

        Assert.All(
            Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        Assert.All(
            Directory.EnumerateDirectories(_folder.Root, "*", SearchOption.AllDirectories),
            folder =>
                Assert.Equal(
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                    File.GetUnixFileMode(folder)
                )
        );
    }

    [Theory]
    [InlineData("Cannot start: a-file: is a file.", 1, "--DataDirectory=a-file")]
    [InlineData("Cannot start: a-file/data: the data directory cannot be made: ", 1, "--DataDirectory=a-file/data")]
    [InlineData("Setting Scoring:PortsFile is 'none/ports.json' but", 2, "--PortsFile=none/ports.json")]
    [InlineData(
        "Cannot start: Scoring:GrpcEndpoint 192.0.2.1:5081 cannot be listened on: ",
        1,
        "--GrpcEndpoint=192.0.2.1:5081"
    )]
    [InlineData("a-folder", 2, "--ModelsDirectory=a-folder")]
    [InlineData("Setting", 2, "--AllowedHosts=http://localhost")]
    [InlineData("Setting", 2, "--Postgres=nonsense")]
    public async Task A_start_that_is_refused_says_why_in_a_line_and_leaves_nothing(
        string why,
        int code,
        string argument
    )
    {
        await File.WriteAllTextAsync(_folder["a-file"], "", Token);
        Directory.CreateDirectory(_folder["a-folder"]);
        string[] before = Entries();

        var (ended, output, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [
                "--Insecure",
                .. FreePorts.Where(port => !port.StartsWith(argument.Split('=')[0], StringComparison.Ordinal)),
                argument,
            ]
        );

        Assert.Equal((code, ""), (ended, output));
        Assert.Contains(
            why,
            Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task A_second_server_takes_nothing_from_the_first_also_not_when_the_lock_was_removed()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        var ports = Assert.Single(Directory.GetFiles(_folder.Root, "*.json"));
        File.Delete(_folder["data/scoring.lock"]);
        await File.WriteAllTextAsync(_folder["data/scoring.lock"], "", Token);
        string[] before = Entries();

        var (code, output, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [.. FreePorts, $"--PortsFile={ports}"]
        );

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("the data directory cannot be locked", errors, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server.Http, "/readyz", "localhost"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public async Task A_server_that_is_told_to_stop_while_it_starts_does_so_without_an_error(int lines)
    {
        using var process = ServerInstance.Launch(_folder, [.. FreePorts, "--Logging:LogLevel:Orleans=Information"]);
        // The silo talks while it starts, which is before anything listens.
        for (var line = ""; lines > 0 && line is not null; line = await process.StandardError.ReadLineAsync(Token))
        {
            lines -= line.Contains("Orleans", StringComparison.Ordinal) ? 1 : 0;
        }
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]))
        {
            await kill.WaitForExitAsync(Token);
        }
        var errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal((0, ""), (process.ExitCode, await process.StandardOutput.ReadToEndAsync(Token)));
        Assert.DoesNotContain("nhandled", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Cannot start", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_silo_of_a_cluster_without_an_address_of_its_own_takes_one_of_the_machine()
    {
        var endpoint = new EndpointOptions();

        SiloSetup.Configure(endpoint, new ServerSettings { Postgres = "Host=db", SiloPort = 11_112 });

        Assert.Equal((11_112, null), (endpoint.SiloPort, endpoint.AdvertisedIPAddress));
    }

    private string[] Entries() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal),
        ];

    private static async Task<HttpStatusCode> GetAsync(HttpClient http, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await http.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
