using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Scoring.Core;
using Scoring.Server.Settings;

namespace Scoring.Server.Tests.Settings;

public sealed class SettingReaderTests
{
    [Fact]
    public void Nothing_set_gives_the_defaults()
    {
        var settings = Read("{}");

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5081), settings.GrpcEndpoint);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5080), settings.PlainHttpEndpoint);
        Assert.False(settings.UsesTls);
        Assert.Empty(settings.CorsOrigins);
        Assert.Equal(
            ("./data", Durability.OnDisk, 10_000),
            (settings.DataDirectory, settings.Durability, settings.MaxBatch)
        );
        var workspace = Assert.Single(settings.Workspaces);
        Assert.Equal("default", workspace.Name);
        Assert.Equal([7, 30], workspace.HalfLivesDays);
        Assert.Contains("payment_failed", workspace.PassiveEventTypes);
    }

    [Fact]
    public void Defaults_that_are_described_are_those_that_hold()
    {
        var described = SettingCatalog
            .Server.Where(setting => setting.Default.Length > 0)
            .Aggregate(new ServerSettings(), (settings, setting) => setting.Apply(settings, setting.Default));
        var workspace = SettingCatalog
            .Workspace.Where(setting => setting.Default.Length > 0)
            .Aggregate(new WorkspaceValues(), (values, setting) => setting.Apply(values, setting.Default));

        Assert.Equal(new ServerSettings() with { Workspaces = described.Workspaces }, described);
        Assert.Equivalent(new WorkspaceValues(), workspace, strict: true);
    }

    [Theory]
    [InlineData("GrpcEndpoint", "127.0.0.1")]
    [InlineData("GrpcEndpoint", "127.0.0.1:65536")]
    [InlineData("GrpcEndpoint", "::1:5081")]
    [InlineData("GrpcEndpoint", "example.com:5081")]
    [InlineData("HttpEndpoint", "http://127.0.0.1:5080")]
    [InlineData("HttpEndpoint", "127.0.0.1:5081")]
    [InlineData("TlsCertificate", "")]
    [InlineData("TlsRequireClientCertificate", "yes")]
    [InlineData("TlsReloadInterval", "10ms")]
    [InlineData("CorsOrigins", "app.example")]
    [InlineData("CorsOrigins", "https://app.example/")]
    [InlineData("CorsOrigins", "https://*.example")]
    [InlineData("CorsOrigins:0", "https://app.example/path")]
    [InlineData("DataDirectory", "")]
    [InlineData("Durability", "Sometimes")]
    [InlineData("Durability", "1")]
    [InlineData("Partitions", "0")]
    [InlineData("Partitions", "1025")]
    [InlineData("MaxQueuedBytes", "1MB")]
    [InlineData("MaxQueuedBytes", "-1")]
    [InlineData("MaxQueuedBytes", "99999999999999999999GiB")]
    [InlineData("DuplicateWindow", "60")]
    [InlineData("DuplicateWindow", "-1h")]
    [InlineData("DuplicateWindowMaximum", "999999")]
    [InlineData("CheckpointInterval", "500ms")]
    [InlineData("AccessLog", "yes")]
    [InlineData("OtlpEndpoint", "localhost:4317")]
    [InlineData("OtlpEndpoint", "/v1/traces")]
    [InlineData("OtlpProtocol", "http/json")]
    [InlineData("MaxFutureSkew", "8d")]
    [InlineData("MaxBatch", "0")]
    [InlineData("MaxBatch", "1.5")]
    [InlineData("MaxBatch", "ten")]
    [InlineData("MaxMessageBytes", "2GiB")]
    [InlineData("ShutdownTimeout", "soon")]
    [InlineData("Workspaces", "default")]
    [InlineData("Workspaces:Main Street", "")]
    [InlineData("Workspaces:trial:HalfLivesDays", "30,7")]
    [InlineData("Workspaces:trial:HalfLivesDays", "7,7")]
    [InlineData("Workspaces:trial:HalfLivesDays", "")]
    [InlineData("Workspaces:trial:HalfLivesDays", "1,2,3,4,5,6,7,8,9")]
    [InlineData("Workspaces:trial:HalfLivesDays:0", "3651")]
    [InlineData("Workspaces:trial:KeyFeatures", "a,b,a")]
    [InlineData("Workspaces:trial:KeyFeatures:0", "a,b")]
    [InlineData("Workspaces:trial:KeyFeatures:first", "a")]
    [InlineData("Workspaces:trial:PassiveEventTypes", "a\u0007")]
    [InlineData("Workspaces:trial:DefaultModel", "No Name")]
    [InlineData("Workspaces:trial", "x")]
    public void Invalid_value_is_refused_in_one_line_that_names_the_setting(string name, string value)
    {
        var error = Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", value)));

        Assert.Contains($"Scoring:{name.Split(":0")[0]}", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("TlsKey", "TlsCertificate")]
    [InlineData("TlsCertificate", "TlsKey")]
    [InlineData("TlsCertificate", "TlsClientCa,TlsKey")]
    [InlineData("TlsClientCa", "TlsCertificate,TlsKey,TlsClientCrl")]
    public void Files_of_tls_need_each_other(string missing, string set)
    {
        var files = set.Split(',').Select(name => ($"Scoring:{name}", "file.pem")).ToArray();

        var error = Assert.Throws<SettingException>(() => Read("{}", files));

        Assert.StartsWith($"Setting Scoring:{missing} is missing; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_tls_one_port_serves_everything_unless_another_is_set()
    {
        (string, string)[] tls = [("Scoring:TlsCertificate", "a.pem"), ("Scoring:TlsKey", "a.key")];

        Assert.Null(Read("{}", tls).PlainHttpEndpoint);
        Assert.Equal(
            "127.0.0.1:5080",
            Read("{}", [.. tls, ("Scoring:HttpEndpoint", "127.0.0.1:5080")]).PlainHttpEndpoint?.ToString()
        );
    }

    [Fact]
    public void Origins_are_kept_as_browsers_write_them()
    {
        var settings = Read(
            """{ "Scoring": { "CorsOrigins": ["https://App.example:443", "http://localhost:3000"] } }"""
        );

        Assert.Equal(["https://app.example", "http://localhost:3000"], settings.CorsOrigins);
    }

    [Theory]
    [InlineData("MaxBatches", "MaxBatches")]
    [InlineData("MaxBatch:Inner", "MaxBatch:Inner")]
    [InlineData("GrpcEndpoint:0", "GrpcEndpoint:0")]
    [InlineData("Workspace:trial:KeyFeatures", "Workspace")]
    [InlineData("Workspaces:trial:HalfLives", "Workspaces:trial:HalfLives")]
    [InlineData("Workspaces:trial:DefaultModel:0", "Workspaces:trial:DefaultModel:0")]
    public void Unknown_setting_is_refused_by_its_name(string name, string named)
    {
        var error = Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", "1")));

        Assert.Matches($"^Unknown setting Scoring:{named}[;:] ", error.Message);
    }

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:5081", "[::1]:5081")]
    [InlineData("0.0.0.0:5081", "0.0.0.0:5081")]
    [InlineData("*:5081", "[::]:5081")]
    public void Endpoint_is_an_address_and_a_port(string text, string endpoint) =>
        Assert.Equal(endpoint, Read("{}", ("Scoring:GrpcEndpoint", text)).GrpcEndpoint.ToString());

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("2h", 7_200)]
    [InlineData("7d", 604_800)]
    [InlineData("00:01:30", 90)]
    public void Duration_is_a_number_with_its_unit(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read("{}", ("Scoring:MaxFutureSkew", text)).MaxFutureSkew);

    [Theory]
    [InlineData("65536", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1 MiB", 1_048_576)]
    public void Size_is_bytes_or_a_number_with_its_unit(string text, int bytes) =>
        Assert.Equal(bytes, Read("{}", ("Scoring:MaxMessageBytes", text)).MaxMessageBytes);

    [Fact]
    public void Lists_replace_the_default_instead_of_adding_to_it()
    {
        var settings = Read(
            """{ "Scoring": { "Workspaces": { "default": { "HalfLivesDays": [14], "PassiveEventTypes": ["billed"] } } } }"""
        );

        Assert.Equal([14], settings.Workspaces[0].HalfLivesDays);
        Assert.Equal(["billed"], settings.Workspaces[0].PassiveEventTypes);
    }

    [Theory]
    [InlineData("Scoring:Workspaces:default:KeyFeatures", "x, y", "x,y")]
    [InlineData("Scoring:Workspaces:default:KeyFeatures:0", "x", "x")]
    [InlineData("Scoring:Workspaces:DEFAULT:KEYFEATURES", "x", "x")]
    [InlineData("Scoring:Workspaces:default:KeyFeatures", "", "")]
    public void Last_source_that_names_a_list_gives_all_of_it(string name, string value, string expected)
    {
        var file = """{ "Scoring": { "Workspaces": { "default": { "KeyFeatures": ["a", "b", "c"] } } } }""";

        var settings = Read(file, (name, value));

        Assert.Equal(expected, string.Join(',', settings.Workspaces[0].KeyFeatures));
    }

    [Fact]
    public void Empty_array_is_an_empty_list()
    {
        var settings = Read("""{ "Scoring": { "Workspaces": { "default": { "PassiveEventTypes": [] } } } }""");

        Assert.Empty(settings.Workspaces[0].PassiveEventTypes);
    }

    [Fact]
    public void Default_workspace_exists_beside_those_that_are_named()
    {
        var settings = Read(
            """{ "Scoring": { "Workspaces": { "trial": {}, "eu-1": { "DefaultModel": "adoption" } } } }"""
        );

        Assert.Equal(["default", "eu-1", "trial"], settings.Workspaces.Select(workspace => workspace.Name));
        Assert.Equal("adoption", settings.Workspaces[1].DefaultModel);
        Assert.Equal([7, 30], settings.Workspaces[2].HalfLivesDays);
    }

    [Fact]
    public void Later_sources_win()
    {
        var settings = Read(
            """{ "Scoring": { "MaxBatch": 5, "Durability": "InOsCache" } }""",
            ("Scoring:MaxBatch", "6")
        );

        Assert.Equal((6, Durability.InOsCache), (settings.MaxBatch, settings.Durability));
    }

    private static ServerSettings Read(string file, params (string Name, string Value)[] later) =>
        SettingReader.Read(
            new ConfigurationBuilder()
                .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(file)))
                .AddInMemoryCollection(later.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)))
                .Build()
        );
}
