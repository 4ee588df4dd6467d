using System.Net;
using System.Runtime.Versioning;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Reflection.V1;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;
using Scoring.Server.Tests.Tls;
using Scoring.V1;

namespace Scoring.Server.Tests.Running;

/// <summary>Who may call a server, as its settings make it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccessTests : IDisposable
{
    private const string ByKeys = "--Authentication=ApiKeys";

    private readonly Folder _folder = new();
    private readonly CertificateFolder _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string AdminKeyFile => _folder["admin-key"];

    private string[] Tls => [$"--TlsCertificate={_files["server.pem"]}", $"--TlsKey={_files["server.key"]}"];

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task The_first_key_is_made_for_its_user_alone_and_gives_others_that_hold_after_a_restart()
    {
        string[] arguments = [ByKeys, $"--AdminKeyFile={AdminKeyFile}"];
        CreateApiKeyResponse created;
        await using (var server = await ServerInstance.StartAsync(_folder, arguments))
        {
            Assert.Contains(", callers known by ApiKeys, data ", server.Greeting, StringComparison.Ordinal);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AdminKeyFile));
            Assert.Equal(StatusCode.Unauthenticated, await ScoreAsync(server, credentials: null));
            created = await new AdminService.AdminServiceClient(
                With(server, await File.ReadAllTextAsync(AdminKeyFile, Token))
            ).CreateApiKeyAsync(
                new()
                {
                    Owner = "crm",
                    Grants =
                    {
                        new Grant { Role = Role.Read, Workspace = "default" },
                    },
                },
                cancellationToken: Token
            );
            Assert.Equal(StatusCode.NotFound, await ScoreAsync(server, created.Secret));
            Assert.Equal(0, await server.StopAsync());
        }

        await using var again = await ServerInstance.StartAsync(_folder, arguments);
        Assert.Equal(StatusCode.NotFound, await ScoreAsync(again, created.Secret));
        var admin = new AdminService.AdminServiceClient(With(again, await File.ReadAllTextAsync(AdminKeyFile, Token)));
        var listed = Assert.Single((await admin.ListApiKeysAsync(new(), cancellationToken: Token)).Keys);
        // It was used before the stop, and that was stored.
        Assert.NotNull(listed.LastUseTime);
        var entry = Assert.Single(
            (await admin.ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries,
            entry => entry.Method == "CreateApiKey"
        );
        Assert.Equal(created.Key.KeyId, entry.Target);
        var loaded = (await admin.ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries.Last();
        Assert.Equal(("server", "PutScoringModel", "engagement"), (loaded.Actor, loaded.Method, loaded.Target));
    }

    [Theory]
    [InlineData("--GrpcEndpoint=0.0.0.0:0", "GrpcEndpoint is 0.0.0.0:0")]
    [InlineData("--GrpcEndpoint=[::]:0", "GrpcEndpoint is [::]:0")]
    [InlineData("--GrpcEndpoint=192.0.2.1:0", "GrpcEndpoint is 192.0.2.1:0")]
    [InlineData("--HttpEndpoint=0.0.0.0:0", "HttpEndpoint is 0.0.0.0:0")]
    public async Task A_server_that_others_than_its_machine_reach_does_not_start_without_TLS_and_authentication(
        string argument,
        string named
    )
    {
        var (code, output, errors) = await ServerInstance.RunToEndAsync(_folder, [argument]);

        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"Setting Scoring:{named}, which others than this machine reach: set TlsCertificate and TlsKey, and Authentication (ApiKeys, Jwt or Certificates) too, or --Insecure where something else protects the calls.\n",
            errors
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Root));
    }

    [Theory]
    [InlineData(true, false, "set Authentication (ApiKeys, Jwt or Certificates) too, or")]
    [InlineData(false, true, "set TlsCertificate and TlsKey too, or")]
    [InlineData(true, true, null)]
    public void Both_of_them_are_needed(bool tls, bool authentication, string? fault)
    {
        var settings = new ServerSettings
        {
            GrpcEndpoint = ListenAddress.Parse("*:5081"),
            TlsCertificate = tls ? "a" : "",
            TlsKey = tls ? "b" : "",
            Authentication = authentication ? SettingList<AuthenticationKind>.Parse("ApiKeys") : new([]),
        };

        Assert.Equal(
            fault is null ? 0 : 1,
            SettingFaults.Of(settings).Count(text => fault is not null && text.Contains(fault))
        );
        Assert.Equal(fault is null, !SettingFaults.Of(settings).Any());
    }

    [Fact]
    public async Task Insecure_is_said_in_the_greeting_the_log_and_a_metric_with_the_address_that_is_listened_on()
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            ["--Insecure", "--GrpcEndpoint=0.0.0.0:0", "--HttpEndpoint=127.0.0.1:0"]
        );

        Assert.Matches(
            @"^Scoring \d+\.\d+\.\d+: gRPC http://0\.0\.0\.0:\d+, HTTP http://127\.0\.0\.1:\d+, INSECURE: calls are not encrypted and anybody may call, data ",
            server.Greeting
        );
        Assert.Contains(
            "scoring_insecure{otel_scope_name=\"Scoring.Server\"} 1",
            await server.Http.GetStringAsync("/metrics", Token)
        );
        await server.StopAsync();
        Assert.Contains(
            "INSECURE, as the settings allow: others than this machine reach the server, and calls are not encrypted and anybody may call.",
            await server.Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task On_this_machine_alone_nothing_is_said_and_nothing_is_asked_for()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        Assert.DoesNotContain("INSECURE", server.Greeting, StringComparison.Ordinal);
        Assert.Contains(
            "scoring_insecure{otel_scope_name=\"Scoring.Server\"} 0",
            await server.Http.GetStringAsync("/metrics", Token)
        );
        Assert.Equal(StatusCode.NotFound, await ScoreAsync(server, credentials: null));
    }

    [Fact]
    public async Task Names_of_a_clients_certificate_say_what_it_may_do()
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            [
                .. Tls,
                $"--TlsClientCa={_files["ca.pem"]}",
                "--Authentication=Certificates,ApiKeys",
                "--CertificateGrants=crm.example=read@default,ops=admin@*",
                $"--AdminKeyFile={AdminKeyFile}",
            ],
            tls: _files.Showing(_files.Authority.Issue("ops", Authority.ForClients))
        );

        Assert.Equal(StatusCode.NotFound, await ScoreByAsync(server, "crm.example"));
        Assert.Equal(StatusCode.NotFound, await ScoreByAsync(server, "ops"));
        Assert.Equal(StatusCode.PermissionDenied, await ScoreByAsync(server, "other.example"));
        // A key says more than a certificate.
        var key = await File.ReadAllTextAsync(AdminKeyFile, Token);
        Assert.Equal(StatusCode.NotFound, await ScoreByAsync(server, "other.example", key));
        Assert.Equal(StatusCode.Unauthenticated, await ScoreByAsync(server, "ops", "scoring_x_y"));
    }

    [Theory]
    [InlineData("--Reflection=false", "reflection")]
    [InlineData("--Metrics=false", "/metrics")]
    [InlineData("--ApiPage=false", "/openapi.json")]
    [InlineData("--ApiPage=false", "/try/index.html")]
    public async Task What_tells_of_the_server_can_be_switched_off(string argument, string what)
    {
        await using var off = await ServerInstance.StartAsync(_folder, [argument]);
        Assert.False(await IsThereAsync(off, what));
        await off.StopAsync();

        await using var on = await ServerInstance.StartAsync(_folder);
        Assert.True(await IsThereAsync(on, what));
    }

    [Fact]
    public async Task Beside_TLS_metrics_have_a_port_of_their_own_for_which_no_key_is_needed()
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            [.. Tls, ByKeys, "--HttpEndpoint=127.0.0.1:0"],
            tls: _files.Trust
        );
        using var http = new HttpClient(_files.Trust.Handler());

        using var asCallers = await http.GetAsync(server.Grpc + "/metrics", Token);
        using var asOperators = await server.Http.GetAsync("/metrics", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, asCallers.StatusCode);
        Assert.Equal(HttpStatusCode.OK, asOperators.StatusCode);
    }

    [Theory]
    [InlineData("--Authentication=Passwords", "Setting Scoring:Authentication is 'Passwords' but must be")]
    [InlineData("--Authentication=1", "Setting Scoring:Authentication is '1' but must be")]
    [InlineData(
        "--Authentication=Jwt",
        "Setting Scoring:JwtAudience is missing; Scoring:Authentication with Jwt needs it."
    )]
    [InlineData("--Authentication=Certificates", "Setting Scoring:TlsClientCa is missing")]
    [InlineData(
        "--AdminKeyFile=k",
        "Setting Scoring:AdminKeyFile means nothing unless Scoring:Authentication has ApiKeys."
    )]
    [InlineData("--JwtGrants=a=b@c", "Setting Scoring:JwtGrants is 'a=b@c' but must be NAME=ROLE@WORKSPACE")]
    [InlineData("--JwtGrants=a=read@A", "Setting Scoring:JwtGrants is 'a=read@A' but must be NAME=ROLE@WORKSPACE")]
    public async Task Settings_that_do_not_go_together_are_named(string argument, string fault)
    {
        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, [argument]);

        Assert.Equal(2, code);
        Assert.Contains(fault, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_holds_no_admin_key_is_named_and_left_as_it_is()
    {
        await File.WriteAllTextAsync(AdminKeyFile, "secret", Token);

        var (code, _, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [ByKeys, $"--AdminKeyFile={AdminKeyFile}", "--GrpcEndpoint=127.0.0.1:0", "--HttpEndpoint=127.0.0.1:0"]
        );

        Assert.Equal(2, code);
        Assert.Contains($"\nSetting Scoring:AdminKeyFile: {AdminKeyFile} does not hold such a key", errors);
        Assert.Equal("secret", await File.ReadAllTextAsync(AdminKeyFile, Token));
    }

    private static async Task<bool> IsThereAsync(ServerInstance server, string what)
    {
        if (what != "reflection")
        {
            using var answer = await server.Http.GetAsync(what, Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        using var reflection = new ServerReflection.ServerReflectionClient(server.Channel).ServerReflectionInfo(
            cancellationToken: Token
        );
        try
        {
            await reflection.RequestStream.WriteAsync(new() { ListServices = "" }, Token);
            return await reflection.ResponseStream.MoveNext(Token);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unimplemented)
        {
            return false;
        }
    }

    private async Task<StatusCode> ScoreByAsync(ServerInstance server, string name, string? credentials = null)
    {
        using var channel = _files.Showing(_files.Authority.Issue(name, Authority.ForClients)).Channel(server.Grpc);
        return await ScoreAsync(With(channel.CreateCallInvoker(), credentials));
    }

    private static Task<StatusCode> ScoreAsync(ServerInstance server, string? credentials) =>
        ScoreAsync(With(server, credentials));

    private static async Task<StatusCode> ScoreAsync(CallInvoker invoker)
    {
        var call = new ScoringService.ScoringServiceClient(invoker).GetScoreAsync(
            new() { CustomerId = "ada" },
            cancellationToken: Token
        );
        return (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode;
    }

    private static CallInvoker With(ServerInstance server, string? credentials) =>
        With(server.Channel.CreateCallInvoker(), credentials);

    private static CallInvoker With(CallInvoker invoker, string? credentials) =>
        credentials is null
            ? invoker
            : invoker.Intercept(metadata =>
            {
                metadata.Add("authorization", $"Bearer {credentials.Trim()}");
                return metadata;
            });
}
