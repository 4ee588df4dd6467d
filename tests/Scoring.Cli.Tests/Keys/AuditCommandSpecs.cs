using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Keys;

/// <summary>The audit log on the command line.</summary>
public sealed class AuditCommandSpecs : IAsyncLifetime
{
    private AdminServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await AdminServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_entry_tells_who_changed_what_when_from_where_and_what_became_of_it()
    {
        var time = new DateTime(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);
        var begun = new AuditEntry
        {
            Time = Timestamp.FromDateTime(time),
            Actor = "key k1 (Ada)",
            Address = "10.0.0.7",
            Method = "PutScoringModel",
            Workspace = "beta",
            Target = "engagement",
        };
        var failed = begun.Clone();
        failed.Failure = "ABORTED";
        _server.Admin.Entries.AddRange(
            failed,
            begun,
            new AuditEntry
            {
                Time = Timestamp.FromDateTime(time.AddDays(-1)),
                Actor = "server",
                Method = "CreateApiKey",
                Target = "k1",
                Detail = "Ada",
            }
        );

        var run = await RunAsync("audit");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run
            .Output.Split('\n')
            .Where(line => line.Contains("2026-05-0", StringComparison.Ordinal))
            .ToArray();
        Assert.Matches(
            "2026-05-04 03:02:01Z +PutScoringModel +beta +key k1 \\(Ada\\) +10.0.0.7 +engagement failed: ABORTED",
            lines[0]
        );
        Assert.Matches(
            "2026-05-04 03:02:01Z +PutScoringModel +beta +key k1 \\(Ada\\) +10.0.0.7 +engagement *$",
            lines[1]
        );
        Assert.Matches("2026-05-03 03:02:01Z +CreateApiKey +– +server +– +k1: Ada", lines[2]);
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData(100, 3, null)]
    [InlineData(5, 3, "5")]
    [InlineData(250, 100, "250")]
    [InlineData(260, 1_000, "1000")]
    public async Task As_many_as_wanted_are_shown_over_as_many_pages_as_it_takes(
        int shown,
        int mostOfPage,
        string? limit
    )
    {
        _server.Admin.Entries.AddRange(Enumerable.Range(0, 260).Select(n => new AuditEntry { Target = $"t{n}." }));
        _server.Admin.MostOfPage = mostOfPage;
        string[] command = ["audit", .. limit is null ? [] : new[] { "--limit", limit }];

        var text = await RunAsync(command);
        var json = await RunAsync([.. command, "--json"]);

        using var answer = JsonDocument.Parse(json.Output);
        Assert.Equal(
            Enumerable.Range(0, shown).Select(n => $"t{n}."),
            answer
                .RootElement.GetProperty("entries")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("target").GetString())
        );
        Assert.Contains($"t{shown - 1}.", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"t{shown}.", text.Output, StringComparison.Ordinal);
        Assert.Equal(
            shown < 260 ? $"There are older entries than these {shown}: see more with --limit.\n" : "",
            text.Error
        );
    }

    [Fact]
    public async Task Entries_of_one_workspace_are_asked_for_by_name_and_those_of_all_unless_one_is_named()
    {
        _server.Admin.Entries.AddRange(
            new AuditEntry { Workspace = "beta", Method = "InBeta" },
            new AuditEntry { Workspace = "default", Method = "InDefault" }
        );

        var one = await RunAsync("audit", "-w", "beta");
        var all = await RunAsync("audit");
        var none = await RunAsync("audit", "--workspace", "gamma");

        Assert.Contains("InBeta", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("InDefault", one.Output, StringComparison.Ordinal);
        Assert.Contains("InBeta", all.Output, StringComparison.Ordinal);
        Assert.Contains("InDefault", all.Output, StringComparison.Ordinal);
        Assert.Equal((0, "There are no entries.\n"), (none.ExitCode, none.Output));
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.OfAsync([.. args, "--address", _server.Address]);
}
