using Scoring.Cli.Tests.Support;

namespace Scoring.Cli.Tests.Terminal;

public sealed class CommandLineSpecs
{
    // Nothing listens on port 1 of the loopback.
    private const string Nobody = "http://127.0.0.1:1";

    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("simulate")]
    [InlineData("import")]
    [InlineData("score")]
    [InlineData("segment")]
    [InlineData("account")]
    [InlineData("migrate")]
    [InlineData("migrate to-cluster")]
    [InlineData("migrate to-standalone")]
    [InlineData("model")]
    [InlineData("model get")]
    [InlineData("model put")]
    [InlineData("model list")]
    public async Task Help_ends_with_examples_of_the_command(string command)
    {
        var run = await CommandRun.OfAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, run.ExitCode);
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Trim().Split('\n')[1..];
        Assert.InRange(examples.Length, 2, 4);
        Assert.All(
            examples,
            line => Assert.StartsWith($"  scoring {command}".TrimEnd(), line, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("scoring: Required command was not provided. See 'scoring --help'.")]
    [InlineData(
        "scoring: Required argument 'CUSTOMER' missing for command: 'score'. See 'scoring score --help'.",
        "score"
    )]
    [InlineData("scoring: Option '--mapping' is required. See 'scoring import --help'.", "import", ".")]
    [InlineData(
        "scoring: 'soon' is not a time in ISO 8601; write for example 2025-01-31 or 2025-01-31T12:30:00Z. See",
        "score",
        "c",
        "-t",
        "soon"
    )]
    [InlineData("scoring: '01/02/2025' is not a time in ISO 8601; write", "score", "c", "--read-time", "01/02/2025")]
    [InlineData("scoring: '1.2.2025' is not a time in ISO 8601; write", "segment", "--read-time", "1.2.2025")]
    [InlineData("scoring: 'Jan 2 2025' is not a time in ISO 8601; write", "account", "a", "-t", "Jan 2 2025")]
    [InlineData("scoring: '2025-02-30' is not a time in ISO 8601; write", "account", "a", "-t", "2025-02-30")]
    [InlineData("scoring: '12:30' is not a time in ISO 8601; write", "simulate", "--until", "12:30")]
    [InlineData("scoring: '01/02/2025' is not a time in ISO 8601; write", "demo", "--until", "01/02/2025")]
    [InlineData("scoring: --address: 'nowhere' is not an address; write for example", "score", "c", "-a", "nowhere")]
    [InlineData(
        "scoring: --customers must be 1 to 5000000. See 'scoring simulate --help'.",
        "simulate",
        "--customers",
        "0"
    )]
    [InlineData("scoring: --rate must be above 0. See 'scoring simulate --help'.", "simulate", "--rate", "-1")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string expected, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("score", "c")]
    [InlineData("segment")]
    [InlineData("account", "a")]
    [InlineData("model", "get")]
    [InlineData("simulate", "--customers", "1")]
    public async Task Without_a_server_the_error_says_how_to_start_one(params string[] args)
    {
        var run = await CommandRun.OfAsync([.. args, "--address", Nobody]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: no server answers at {Nobody} (", run.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet run -c Release --project src/Scoring.Server", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("{", "not a model in JSON")]
    [InlineData("{ \"nmae\": \"x\" }", "nmae")]
    public async Task A_model_file_that_is_no_model_is_named_with_the_reason(string content, string reason)
    {
        using var folder = new TempFolder();
        var file = folder.Write("m.json", content);

        var run = await CommandRun.OfAsync("model", "put", file, "--address", Nobody);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: {file}: not a model in JSON", run.Error, StringComparison.Ordinal);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_needs_no_server_and_tells_what_would_be_rejected()
    {
        using var folder = new TempFolder();
        folder.Write("c.csv", "id\n1\n\n,\n");
        var mapping = folder.Write("m.yaml", "version: 1\nfiles:\n  - path: c.csv\n    customers: [{ id: '{id}' }]\n");

        var run = await CommandRun.OfAsync("import", "--mapping", mapping, folder.Path, "--dry-run", "--json");

        Assert.Equal(1, run.ExitCode);
        using var json = System.Text.Json.JsonDocument.Parse(run.Output);
        var line = json.RootElement.GetProperty("lines")[0];
        Assert.Equal(
            (2, 1, 1),
            (
                line.GetProperty("rows").GetInt32(),
                line.GetProperty("accepted").GetInt32(),
                line.GetProperty("rejected").GetInt32()
            )
        );
        Assert.Equal("malformed_row", line.GetProperty("rejections")[0].GetProperty("reason").GetString());
        Assert.Contains("1 of the rows above were rejected", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_without_a_terminal_has_no_escape_sequences()
    {
        using var folder = new TempFolder();
        folder.Write("c.csv", "id\n1\n");
        var mapping = folder.Write("m.yaml", "version: 1\nfiles:\n  - path: c.csv\n    customers: [{ id: '{id}' }]\n");

        var run = await CommandRun.OfAsync("import", "--mapping", mapping, folder.Path, "--dry-run");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output + run.Error);
        Assert.Contains("Every line tallies", run.Output, StringComparison.Ordinal);
        Assert.Contains("c.csv: 100 %", run.Error, StringComparison.Ordinal);
    }
}
