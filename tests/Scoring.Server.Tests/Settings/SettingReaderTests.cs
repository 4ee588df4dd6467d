using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Scoring.Core;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;

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
    public void Setting_every_default_that_is_described_changes_nothing()
    {
        var server = Setting.Of<ServerSettings>();
        var workspace = Setting.Of<WorkspaceValues>();

        var settings = Read("{}", [.. Given(server, "Scoring"), .. Given(workspace, "Scoring:Workspaces:trial")]);

        Assert.All(server, setting => Assert.Equal(setting.Default, Written(setting, settings)));
        Assert.All(
            workspace,
            setting => Assert.Equal(setting.Default, Written(setting, settings.WorkspaceValues["trial"]))
        );

        static string Written(Setting setting, object settings) =>
            Setting.Write(settings.GetType().GetProperty(setting.Name)!.GetValue(settings));

        static IEnumerable<(string, string)> Given(IEnumerable<Setting> settings, string path) =>
            settings
                .Where(setting => setting.Default.Length > 0)
                .Select(setting => ($"{path}:{setting.Name}", setting.Default));
    }

    [Theory]
    [InlineData("GrpcEndpoint", "127.0.0.1")]
    [InlineData("GrpcEndpoint", "127.0.0.1:65536")]
    [InlineData("GrpcEndpoint", "::1:5081")]
    [InlineData("GrpcEndpoint", "example.com:5081")]
    [InlineData("HttpEndpoint", "http://127.0.0.1:5080")]
    [InlineData("HttpEndpoint", "127.0.0.1:5081")]
    [InlineData("HttpEndpoint", "0.0.0.0:5081")]
    [InlineData("HttpEndpoint", "*:5081")]
    [InlineData("GrpcEndpoint", "*:5080")]
    [InlineData("TlsCertificate", "")]
    [InlineData("TlsRequireClientCertificate", "yes")]
    [InlineData("ApiPage", "maybe")]
    [InlineData("ApiPage", "")]
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
    [InlineData("MaxFutureSkew", "8d")]
    [InlineData("MaxBatch", "0")]
    [InlineData("MaxBatch", "1.5")]
    [InlineData("MaxBatch", "ten")]
    [InlineData("MaxMessageBytes", "2GiB")]
    [InlineData("MaxHeaderBytes", "4KiB")]
    [InlineData("MaxHeaderBytes", "2MiB")]
    [InlineData("Durability", "InMemory")]
    [InlineData("Durability", "OnDisk,InOsCache")]
    [InlineData("Partitions", "")]
    [InlineData("DataDirectory", "a\0b")]
    [InlineData("CorsOrigins", "https://user@app.example")]
    [InlineData("CorsOrigins", "https:app.example")]
    [InlineData("DuplicateWindow", "99999999999999999999d")]
    [InlineData("DuplicateWindow", "1:2:3:4:5")]
    [InlineData("DuplicateWindow", "1.5h")]
    [InlineData("DuplicateWindow", "h")]
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
    [InlineData("Workspaces:trial:KeyFeatures:0", "")]
    [InlineData("Workspaces:trial:HalfLivesDays:0", "week")]
    [InlineData("Workspaces:trial:DefaultModel", "No Name")]
    [InlineData("Workspaces:trial:DefaultModel", "")]
    [InlineData("Workspaces:trial", "x")]
    public void Invalid_value_is_refused_in_one_line_that_names_the_setting(string name, string value)
    {
        var error = Assert.Throws<SettingException>(() =>
            Read("{}", ($"Scoring:{name}", value), ("Scoring:Insecure", "true"))
        );

        Assert.Contains($"Scoring:{name.Split(":0")[0]}", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("MaxBatch", "0", "a whole number, 1 to 1,000,000")]
    [InlineData("MaxBatch", "ten", "a whole number, 1 to 1,000,000")]
    [InlineData("AccessLog", "on", "true or false")]
    [InlineData("Durability", "Never", "OnDisk or InOsCache")]
    [InlineData("MaxMessageBytes", "2GiB", "a size such as 1048576, 512KiB or 16MiB, 256KiB to 1GiB")]
    [InlineData("MaxFutureSkew", "8d", "a duration such as 500ms, 30s, 5m, 1h or 7d, 0s to 7d")]
    [InlineData(
        "GrpcEndpoint",
        "x:1",
        "address:port such as 127.0.0.1:5081, [::1]:5081 or *:5081 (all addresses); port 0 takes a free one"
    )]
    [InlineData(
        "CorsOrigins",
        "https://a/b",
        "origins such as https://app.example or http://localhost:3000, without a path, or *"
    )]
    [InlineData("DataDirectory", "", "a path")]
    [InlineData(
        "Workspaces:trial:HalfLivesDays",
        "30,7",
        "1 to 8 rising whole numbers of days, each 1 to 3,650, such as 7,30"
    )]
    [InlineData(
        "Workspaces:trial:KeyFeatures",
        "a,a",
        "at most 1,000 different names of 1 to 128 bytes without control characters"
    )]
    [InlineData("Workspaces:trial:DefaultModel", "A", "1 to 64 lower-case letters, digits, '_' or '-'")]
    public void Message_says_setting_value_and_what_is_allowed(string name, string value, string allowed)
    {
        var error = Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", value)));

        Assert.Equal($"Setting Scoring:{name} is '{value}' but must be {allowed}.", error.Message);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var error = Assert.Throws<SettingException>(() =>
            Read(
                """{ "Scoring": { "MaxBatch": 0, "Workspaces": { "trial": { "Colour": "red", "KeyFeatures": ["a", ""] } } } }""",
                ("Scoring:PortFile", "x")
            )
        );

        Assert.Equal(
            ["MaxBatch", "PortFile", "Workspaces:trial:Colour", "Workspaces:trial:KeyFeatures:1"],
            error.Message.Split('\n').Select(line => line.Split("Scoring:")[1].Split([' ', ';'])[0])
        );
    }

    [Theory]
    [InlineData("TlsKey", "TlsCertificate")]
    [InlineData("TlsCertificate", "TlsKey")]
    [InlineData("TlsCertificate", "TlsClientCa,TlsKey")]
    [InlineData("TlsClientCa", "TlsCertificate,TlsKey,TlsClientCrl")]
    [InlineData("ClusterKey", "ClusterCertificate")]
    [InlineData("ClusterCa", "ClusterKey,ClusterCertificate")]
    [InlineData("ClusterCertificate", "ClusterCa")]
    public void Files_of_tls_need_each_other(string missing, string set)
    {
        var files = set.Split(',').Select(name => ($"Scoring:{name}", "file.pem")).ToArray();

        var error = Assert.Throws<SettingException>(() => Read("{}", files));

        Assert.StartsWith($"Setting Scoring:{missing} is missing; ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.7", null, false)]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("127.0.0.1", "0.0.0.0", false)]
    [InlineData("10.0.0.7", "127.0.0.1", true)]
    public void A_gateway_that_others_reach_needs_certificates_of_the_cluster(
        string address,
        string? listens,
        bool isEnough
    )
    {
        (string, string)[] settings =
        [
            ("Scoring:Postgres", "Host=db"),
            ("Scoring:GatewayPort", "30000"),
            ("Scoring:AdvertisedAddress", address),
            .. listens is null ? [] : ((string, string)[])[("Scoring:SiloListenAddress", listens)],
        ];

        var error = Record.Exception(() => Read("{}", settings));

        Assert.Equal(isEnough, error is null);
        Assert.StartsWith(
            isEnough ? "" : "Setting Scoring:ClusterCertificate is missing; Scoring:GatewayPort needs it",
            error?.Message ?? "",
            StringComparison.Ordinal
        );
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

        Assert.Equal(
            ["https://app.example", "http://localhost:3000"],
            settings.CorsOrigins.Select(origin => origin.Text)
        );
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("HTTP://LOCALHOST:80", "http://localhost")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    public void Origin_is_taken_however_it_is_written(string text, string origin) =>
        Assert.Equal(origin, Assert.Single(Read("{}", ("Scoring:CorsOrigins", text)).CorsOrigins).Text);

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
    [InlineData("MaxBatches", "MaxBatch")]
    [InlineData("tlskeys", "TlsKey")]
    [InlineData("PortFile", "PortsFile")]
    [InlineData("Workspace", "Workspaces")]
    [InlineData("Workspaces:trial:HalfLives", "Workspaces:trial:HalfLivesDays")]
    [InlineData("Workspaces:trial:PasiveEventTypes", "Workspaces:trial:PassiveEventTypes")]
    public void Name_that_may_have_been_meant_is_told(string name, string meant)
    {
        var error = Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", "1")));

        Assert.EndsWith($". Did you mean Scoring:{meant}?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Colour")]
    [InlineData("Workspaces:trial:Colour")]
    public void Name_that_is_like_no_other_is_told_those_that_there_are(string name)
    {
        var error = Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", "1")));

        Assert.Matches($"^Unknown setting Scoring:{name}; known here: [A-Za-z, ]+\\.$", error.Message);
    }

    [Theory]
    [InlineData("UsesTls", "true")]
    [InlineData("PlainHttpEndpoint", "127.0.0.1:1")]
    [InlineData("WorkspaceValues:trial:DefaultModel", "x")]
    public void What_follows_from_settings_is_no_setting(string name, string value) =>
        Assert.StartsWith(
            "Unknown setting Scoring:",
            Assert.Throws<SettingException>(() => Read("{}", ($"Scoring:{name}", value))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Null_sets_nothing()
    {
        var settings = Read(
            """{ "Scoring": { "MaxBatch": null, "DataDirectory": null, "CorsOrigins": null, "Workspaces": { "default": { "HalfLivesDays": null } } } }"""
        );

        Assert.Equal((10_000, "./data"), (settings.MaxBatch, settings.DataDirectory));
        Assert.Empty(settings.CorsOrigins);
        Assert.Equal([7, 30], settings.Workspaces[0].HalfLivesDays);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    public void Page_of_the_API_is_switched_on_or_off_or_left_to_the_server(string? text, bool? expected) =>
        Assert.Equal(expected, Read("{}", text is null ? [] : [("Scoring:ApiPage", text)]).ApiPage);

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("localhost:80", "127.0.0.1:80")]
    [InlineData("[::1]:5081", "[::1]:5081")]
    [InlineData("0.0.0.0:5081", "0.0.0.0:5081")]
    [InlineData("*:5081", "[::]:5081")]
    public void Endpoint_is_an_address_and_a_port(string text, string endpoint) =>
        Assert.Equal(
            endpoint,
            Read("{}", ("Scoring:GrpcEndpoint", text), ("Scoring:Insecure", "true")).GrpcEndpoint.ToString()
        );

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("250ms", 0.25)]
    [InlineData("90s", 90)]
    [InlineData("2h", 7_200)]
    [InlineData("7d", 604_800)]
    [InlineData("00:01:30", 90)]
    public void Duration_is_a_number_with_its_unit(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read("{}", ("Scoring:MaxFutureSkew", text)).MaxFutureSkew.Value);

    [Theory]
    [InlineData("65536", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1 MiB", 1_048_576)]
    public void Size_is_bytes_or_a_number_with_its_unit(string text, int bytes) =>
        Assert.Equal(bytes, Read("{}", ("Scoring:MaxHeaderBytes", text)).MaxHeaderBytes.Bytes);

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

    [Theory]
    [InlineData("""{ "Scoring": { "Workspaces": { "trial": { "DefaultModel": "a" } } } }""")]
    [InlineData("""{ "Scoring": { "Workspaces": { "Trial": { "DefaultModel": "a" } } } }""")]
    public void Workspace_that_several_sources_name_is_one_whatever_their_case(string file)
    {
        var settings = Read(file, ("Scoring:WORKSPACES:TRIAL:HALFLIVESDAYS", "14"));

        Assert.Equal(["default", "trial"], settings.Workspaces.Select(workspace => workspace.Name));
        Assert.Equal(("a", 14), (settings.Workspaces[1].DefaultModel, settings.Workspaces[1].HalfLivesDays[0]));
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

    [Theory]
    [InlineData("1536KiB")]
    [InlineData("64GiB")]
    [InlineData("1TiB")]
    [InlineData("1000")]
    public void Size_is_written_as_it_is_read(string text) => Assert.Equal(text, Size.Parse(text).ToString());

    [Theory]
    [InlineData("0s", "0ms")]
    [InlineData("90s", "90s")]
    [InlineData("120s", "2m")]
    [InlineData("48h", "2d")]
    [InlineData("1500ms", "1500ms")]
    [InlineData("00:00:00.0001", "00:00:00.0001000")]
    public void Duration_is_written_in_its_largest_unit(string text, string written) =>
        Assert.Equal(written, Duration.Parse(text).ToString());

    private static ServerSettings Read(string file, params (string Name, string Value)[] later) =>
        SettingReader.Read(Configure(file, later));

    private static IConfigurationRoot Configure(string file, params (string Name, string Value)[] later) =>
        new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(file)))
            .AddInMemoryCollection(later.Select(pair => KeyValuePair.Create(pair.Name, (string?)pair.Value)))
            .Build();
}
