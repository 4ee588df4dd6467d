using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>A dry run refuses what the server then refuses, row by row.</summary>
public sealed class DryRunSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_dry_run_refuses_exactly_the_rows_that_a_server_then_refuses()
    {
        var mapping = _folder.Write("mapping.yaml", Mapping());
        _folder.Write("accounts.jsonl", Lines(Accounts()));
        _folder.Write("customers.jsonl", Lines(Customers()));
        _folder.Write("events.jsonl", Lines(Events()));
        _folder.Write("types.jsonl", Lines(Many("type")));
        _folder.Write("features.jsonl", Lines(Many("feature")));
        await using var server = await RunningServer.StartAsync();

        var (dry, dryRejects) = await ImportAsync(mapping, "dry.csv", "--dry-run");
        var (real, realRejects) = await ImportAsync(mapping, "real.csv", "--address", server.Address);

        Assert.Equal((1, 1), (dry.ExitCode, real.ExitCode));
        Assert.Equal(real.Output, dry.Output);
        Assert.Equal(realRejects.Split('\n'), dryRejects.Split('\n'));
        using var report = JsonDocument.Parse(real.Output);
        var lines = report.RootElement.GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal([1, 1, 5, 998, 999], lines.Select(line => line.GetProperty("accepted").GetInt32()));
        Assert.Equal([6, 5, 14, 5, 4], lines.Select(line => line.GetProperty("rejected").GetInt32()));
        Assert.Equal([0, 0, 1, 0, 0], lines.Select(line => line.GetProperty("duplicates").GetInt32()));
    }

    [Fact]
    public async Task A_dry_run_for_a_workspace_is_one_in_which_the_server_has_it()
    {
        var mapping = _folder.Write(
            "mapping.yaml",
            "version: 1\nfiles:\n  - path: c.csv\n    customers: [{ id: '{id}' }]\n"
        );
        var file = _folder.Write("c.csv", "id\nada\n");

        var run = await CommandRun.OfAsync("import", "--mapping", mapping, file, "--dry-run", "--workspace", "trial");

        Assert.Equal(
            (0, 1),
            (
                run.ExitCode,
                run.Output.Split('\n')
                    .Count(line => line.Contains("customers", StringComparison.Ordinal) && line.Contains('1'))
            )
        );
    }

    private static string Mapping()
    {
        var attributes = string.Join(", ", Enumerable.Range(0, 65).Select(i => $"k{i}: \"{{k{i}}}\""));
        return $$$"""
            version: 1
            files:
              - path: accounts.jsonl
                accounts: [{ id: "{id}", seats: "{seats}", attributes: { {{{attributes}}} } }]
              - path: customers.jsonl
                customers: [{ id: "{id}", account: "{account}", attributes: { {{{attributes}}} } }]
              - path: events.jsonl
                events:
                  - { type: "{type}", id: "{id}", customer: "{who}", account: "{account}", at: "{at}", value: "{n}", feature: "{feature}" }
              - path: types.jsonl
                events: [{ type: "{type}", id: "{type}", customer: one, at: "2025-01-01" }]
              - path: features.jsonl
                events: [{ type: ran, id: "{feature}", customer: one, at: "2025-01-01", feature: "{feature}" }]
            """;
    }

    private static IEnumerable<object> Accounts() =>
        [
            new
            {
                id = new string('a', 256),
                seats = "10000000",
                k0 = new string('é', 128),
            },
            new { id = new string('a', 257) },
            new { id = "a\u0001" },
            new { id = "a", seats = "10000001" },
            new { id = "b", seats = "-1" },
            new { id = "c", k0 = new string('é', 129) },
            Keys("d", 65),
        ];

    private static IEnumerable<object> Customers() =>
        [
            new
            {
                id = "fine",
                account = "acme",
                k0 = "x",
            },
            new { id = new string('é', 129) },
            new { id = "c", account = new string('a', 257) },
            new { id = "d\u0085" },
            new { id = "e", k1 = new string('v', 257) },
            Keys("f", 65),
        ];

    private static IEnumerable<object> Events()
    {
        var soon = DateTimeOffset
            .UtcNow.AddMinutes(3)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var late = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return
        [
            Event("1"),
            Event("1"),
            Event("1", n: "2"),
            Event(new string('i', 256), n: "1e12", type: new string('t', 128), feature: new string('f', 128)),
            Event(new string('i', 500)),
            Event("2", n: "1e13"),
            Event("3", n: "-1e12"),
            Event("4", n: "-1.0000000001e12"),
            Event("5", at: "2130-01-01"),
            Event("6", at: soon),
            Event("6b", at: late),
            Event("7", at: "1969-12-31T23:59:59Z"),
            Event("8", at: "1970-01-01"),
            Event("9", who: new string('w', 257)),
            Event("10", who: "tab\tbed"),
            Event("11", type: new string('t', 129)),
            Event("12", type: "line\nbroken"),
            Event("13", feature: new string('f', 129)),
            Event("14", feature: "\u007f"),
            Event("15", account: new string('a', 257)),
        ];
    }

    // Two types and one feature of the other events are there before these.
    private static IEnumerable<object> Many(string what) =>
        Enumerable.Range(0, 1_003).Select(i => new Dictionary<string, string> { [what] = $"{what}-{i}" });

    private static Dictionary<string, string> Keys(string id, int count) =>
        Enumerable.Range(0, count).ToDictionary(i => $"k{i}", _ => "v").Append(new("id", id)).ToDictionary();

    private static object Event(
        string id,
        string type = "ran",
        string who = "one",
        string account = "",
        string at = "2025-01-01",
        string n = "1",
        string feature = ""
    ) =>
        new
        {
            id,
            type,
            who,
            account,
            at,
            n,
            feature,
        };

    private static string Lines(IEnumerable<object> rows) =>
        string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));

    /// <summary>The two servers say when it was now for them.</summary>
    private static string WithoutClock(string text) =>
        Regex.Replace(text, "the latest is [^ ]+ now", "", RegexOptions.NonBacktracking);

    private async Task<(CommandRun Run, string Rejects)> ImportAsync(
        string mapping,
        string rejects,
        params string[] more
    )
    {
        var file = Path.Combine(_folder.Path, rejects);
        var run = await CommandRun.OfAsync([
            "import",
            "--mapping",
            mapping,
            _folder.Path,
            "--json",
            "--state",
            Path.Combine(_folder.Path, "state"),
            "--rejects",
            file,
            .. more,
        ]);
        return (run with { Output = WithoutClock(run.Output) }, WithoutClock(await File.ReadAllTextAsync(file)));
    }
}
