using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Keys;

/// <summary>Keys are created, listed and revoked from the command line.</summary>
public sealed class KeyCommandsSpecs : IAsyncLifetime
{
    private AdminServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AdminServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_new_key_stands_alone_on_standard_output_and_what_is_to_be_known_of_it_beside_it()
    {
        var run = await RunAsync("keys", "create", "--owner", "importer", "--grant", "ingest@default");

        Assert.Equal((0, $"{AdminServer.Service.Secret}\n"), (run.ExitCode, run.Output));
        Assert.Contains("4f7c2a91 for importer: ingest@default.", run.Error, StringComparison.Ordinal);
        Assert.Contains("the only time that the key is shown", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminServer.Service.Secret, run.Error, StringComparison.Ordinal);
        Assert.Equal(
            new CreateApiKeyRequest
            {
                Owner = "importer",
                Grants =
                {
                    new Grant { Role = Role.Ingest, Workspace = "default" },
                },
            },
            _server.Admin.Requests.Single()
        );
    }

    [Fact]
    public async Task A_new_key_has_the_grants_limits_and_expiry_that_were_asked_for()
    {
        var run = await RunAsync(
            "keys",
            "create",
            "--owner",
            "Ada Lovelace",
            "--grant",
            "model@default",
            "--grant",
            "read@*",
            "--grant",
            "admin@beta",
            "--expires",
            "2027-01-01T12:30:00+01:00",
            "--calls-per-second",
            "50",
            "--events-per-second",
            "2000",
            "--bytes-per-second",
            "3MiB",
            "--concurrent-streams",
            "4"
        );

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "model@default, read@*, admin@beta, until 2027-01-01 11:30:00Z.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            new CreateApiKeyRequest
            {
                Owner = "Ada Lovelace",
                Grants =
                {
                    new Grant { Role = Role.Model, Workspace = "default" },
                    new Grant { Role = Role.Read, Workspace = "*" },
                    new Grant { Role = Role.Admin, Workspace = "beta" },
                },
                Limits = new KeyLimits
                {
                    CallsPerSecond = 50,
                    EventsPerSecond = 2_000,
                    BytesPerSecond = 3 * 1024 * 1024,
                    ConcurrentStreams = 4,
                },
                ExpireTime = Timestamp.FromDateTime(new DateTime(2027, 1, 1, 11, 30, 0, DateTimeKind.Utc)),
            },
            _server.Admin.Requests.Single()
        );
    }

    [Theory]
    [InlineData("90d", 90 * 24)]
    [InlineData("12h", 12)]
    public async Task A_lifetime_begins_now(string lifetime, int hours)
    {
        var before = DateTime.UtcNow;

        await RunAsync("keys", "create", "--owner", "a", "--grant", "read@a", "--expires", lifetime);

        var expires = Assert.IsType<CreateApiKeyRequest>(_server.Admin.Requests.Single()).ExpireTime.ToDateTime();
        Assert.InRange(expires, before.AddHours(hours), DateTime.UtcNow.AddHours(hours));
    }

    [Theory]
    [InlineData("1048576", 1_048_576)]
    [InlineData("1", 1)]
    [InlineData("512KiB", 524_288)]
    [InlineData("16mib", 16_777_216)]
    [InlineData("2GiB", 2_147_483_648)]
    public async Task Sizes_are_written_as_in_the_settings_of_the_server(string size, long bytes)
    {
        await RunAsync("keys", "create", "--owner", "a", "--grant", "read@a", "--bytes-per-second", size);

        Assert.Equal(
            new KeyLimits { BytesPerSecond = bytes },
            Assert.IsType<CreateApiKeyRequest>(_server.Admin.Requests.Single()).Limits
        );
    }

    [Fact]
    public async Task As_JSON_a_new_key_is_told_once_too()
    {
        var run = await RunAsync("keys", "create", "--owner", "a", "--grant", "read@a", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var answer = JsonDocument.Parse(run.Output);
        Assert.Equal(AdminServer.Service.Secret, answer.RootElement.GetProperty("secret").GetString());
        Assert.Equal("4f7c2a91", answer.RootElement.GetProperty("key").GetProperty("keyId").GetString());
    }

    [Fact]
    public async Task Keys_are_listed_with_all_that_is_known_of_them_over_all_pages()
    {
        var time = new DateTime(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);
        _server.Admin.Keys.Add(
            new ApiKey
            {
                KeyId = "0b6e55d3",
                Owner = "dashboards",
                Grants =
                {
                    new Grant { Role = Role.Read, Workspace = "*" },
                    new Grant { Role = Role.Model, Workspace = "beta" },
                },
                Limits = new KeyLimits { CallsPerSecond = 1_000, BytesPerSecond = 3 << 20 },
                CreateTime = Timestamp.FromDateTime(time),
                ExpireTime = Timestamp.FromDateTime(time.AddDays(90)),
                LastUseTime = Timestamp.FromDateTime(time.AddHours(1)),
            }
        );
        _server.Admin.Keys.AddRange(
            Enumerable.Range(1, 4).Select(n => new ApiKey { KeyId = $"k{n}", Owner = "others" })
        );
        _server.Admin.MostOfPage = 2;

        var list = await RunAsync("keys", "list");
        var json = await RunAsync("keys", "list", "--json");

        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        Assert.Matches(
            "0b6e55d3 +dashboards +read@\\* +1,000 calls/s +2026-05-04 03:02Z +2026-08-02 03:02Z +2026-05-04 04:02Z",
            list.Output
        );
        Assert.Matches("model@beta +3 MiB/s", list.Output);
        Assert.Matches("k4 +others +– +– +– +–", list.Output);
        using var answer = JsonDocument.Parse(json.Output);
        Assert.Equal(
            ["0b6e55d3", "k1", "k2", "k3", "k4"],
            answer.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("keyId").GetString())
        );
    }

    [Fact]
    public async Task Where_there_are_no_keys_the_list_says_how_to_create_one()
    {
        var run = await RunAsync("keys", "list");

        Assert.Equal((0, "There are no keys. Create one with: scoring keys create\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Keys_are_revoked_and_one_that_is_not_there_keeps_none_of_the_others()
    {
        _server.Admin.Keys.AddRange(new[] { "k1", "k2", "k3" }.Select(id => new ApiKey { KeyId = id }));

        var run = await RunAsync("keys", "revoke", "k1", "k9", "k2", "k1");

        Assert.Equal((1, "k1 is revoked.\nk2 is revoked.\n"), (run.ExitCode, run.Output));
        Assert.StartsWith("scoring: no such key: k9. ", run.Error, StringComparison.Ordinal);
        Assert.Equal("k3", Assert.Single(_server.Admin.Keys).KeyId);
    }

    /// <summary>It would stand in the audit log otherwise.</summary>
    [Fact]
    public async Task Of_a_key_that_is_given_in_place_of_its_id_only_the_id_is_sent_and_shown()
    {
        _server.Admin.Keys.Add(new ApiKey { KeyId = "4f7c2a91" });

        var run = await RunAsync("keys", "revoke", AdminServer.Service.Secret + "_and-more");

        Assert.Equal((0, "4f7c2a91 is revoked.\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(new RevokeApiKeyRequest { KeyId = "4f7c2a91" }, _server.Admin.Requests.Single());
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.OfAsync([.. args, "--address", _server.Address]);
}
