using Scoring.Cli.Tests.Support;

namespace Scoring.Cli.Tests.Terminal;

public sealed class CommandLineSpecs
{
    // Nothing listens on port 1 of the loopback.
    private const string Nobody = "http://127.0.0.1:1";

    [Theory]
    [InlineData("demo")]
    [InlineData("simulate")]
    [InlineData("import")]
    [InlineData("score")]
    [InlineData("segment")]
    [InlineData("account")]
    [InlineData("model get")]
    [InlineData("model put")]
    [InlineData("model list")]
    [InlineData("model versions")]
    [InlineData("model rollback")]
    [InlineData("model adopt")]
    [InlineData("model delete")]
    [InlineData("model diff")]
    [InlineData("model lint")]
    [InlineData("model preview")]
    [InlineData("segments put")]
    [InlineData("segments get")]
    [InlineData("segments list")]
    [InlineData("segments delete")]
    [InlineData("customers get")]
    [InlineData("customers list")]
    [InlineData("customers history")]
    [InlineData("customers explain")]
    [InlineData("customers forecast")]
    [InlineData("segments history")]
    [InlineData("segments movers")]
    [InlineData("model evaluate")]
    [InlineData("model propose")]
    [InlineData("segments explain")]
    [InlineData("segments leavers")]
    [InlineData("export")]
    [InlineData("accounts get")]
    [InlineData("accounts list")]
    [InlineData("accounts history")]
    [InlineData("accounts explain")]
    [InlineData("customers merge")]
    [InlineData("customers delete")]
    [InlineData("adjustments")]
    [InlineData("adjustments put")]
    [InlineData("adjustments list")]
    [InlineData("adjustments remove")]
    [InlineData("accounts delete")]
    [InlineData("names list")]
    [InlineData("names prune")]
    [InlineData("keys create")]
    [InlineData("keys list")]
    [InlineData("keys revoke")]
    [InlineData("audit")]
    [InlineData("move")]
    public async Task Help_ends_with_examples_of_the_command(string command)
    {
        var run = await CommandRun.OfAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, run.ExitCode);
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Trim().Split('\n')[1..];
        Assert.InRange(examples.Length, 2, 4);
        Assert.All(examples, line => Assert.StartsWith($"  scoring {command} ", $"{line} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("model")]
    [InlineData("segments")]
    [InlineData("customers")]
    [InlineData("accounts")]
    [InlineData("names")]
    [InlineData("keys")]
    public async Task Help_of_several_commands_has_an_example_of_each(string group)
    {
        var run = await CommandRun.OfAsync([.. group.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        var (commands, examples) = (Lines("Commands:"), Lines("Examples:"));
        var called = examples.Select(line => line[$"scoring {group}".Length..].Trim().Split(' ')[0]);
        Assert.Equal(commands.Select(line => line.Split(' ')[0]).Order(), called.Order());

        string[] Lines(string title) =>
            [
                .. run
                    .Output.Split('\n')
                    .SkipWhile(line => line.Trim() != title)
                    .Skip(1)
                    .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
                    .Select(line => line.Trim()),
            ];
    }

    [Theory]
    [InlineData(
        "scoring: A command is missing; there are demo, simulate, import, score, segment, segments, export, account, events, customers, adjustments, accounts, model, names, keys, audit, move. See 'scoring --help'."
    )]
    [InlineData(
        "scoring: A command is missing; there are get, put, list, versions, rollback, adopt, delete, diff, lint, preview, evaluate, propose. See 'scoring model --help'.",
        "model"
    )]
    [InlineData(
        "scoring: There is no command 'foo'; there are demo, simulate, import, score, segment, segments, export, account, events, customers, adjustments, accounts, model, names, keys, audit, move. See 'scoring --help'.",
        "foo"
    )]
    [InlineData("scoring: There is no command 'foo'; there are demo,", "foo", "bar", "--json")]
    [InlineData(
        "scoring: There is no command 'acount'; there are demo, simulate, import, score, segment, segments, export, account, events, customers, adjustments, accounts, model, names, keys, audit, move; did you mean account? See 'scoring --help'.",
        "acount",
        "acme"
    )]
    [InlineData(
        "scoring: There is no command 'gett'; there are get, put, list, versions, rollback, adopt, delete, diff, lint, preview, evaluate, propose; did you mean get? See 'scoring model --help'.",
        "model",
        "gett"
    )]
    [InlineData(
        "scoring: There is no option '--addres'; did you mean --address? See 'scoring score --help'.",
        "score",
        "--addres",
        "http://localhost",
        "ada"
    )]
    [InlineData(
        "scoring: There is no option '--topp'; did you mean --top? See 'scoring segment --help'.",
        "segment",
        "--topp",
        "3"
    )]
    [InlineData(
        "scoring: There is no option '--maping'; did you mean --mapping? See 'scoring import --help'.",
        "import",
        "--maping",
        "m.yaml",
        "."
    )]
    [InlineData("scoring: There is no option '--zzz'. See 'scoring model put --help'.", "model", "put", "--zzz")]
    [InlineData(
        "scoring: Argument 'foo' not recognized. Must be one of: 'event-type', 'feature', 'customer-attribute', 'account-attribute'. See 'scoring names list --help'.",
        "names",
        "list",
        "--kind",
        "foo"
    )]
    [InlineData(
        "scoring: The option '--address' belongs behind the command. See 'scoring names list --help'.",
        "--address",
        "http://localhost:5081",
        "names",
        "list"
    )]
    [InlineData("scoring: There is no option '--hepl'; did you mean --help? See 'scoring --help'.", "--hepl")]
    [InlineData(
        "scoring: --top must be a whole number, not 'x'. See 'scoring segment --help'.",
        "segment",
        "--top",
        "x"
    )]
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
    [InlineData(
        "scoring: Give either --add or --set. See 'scoring adjustments put --help'.",
        "adjustments",
        "put",
        "ada",
        "--model",
        "m",
        "--reason",
        "r"
    )]
    [InlineData(
        "scoring: --for: 'soon' is neither how long from now, such as 90d or 12h, nor a time such as 2027-01-31 or 2027-01-31T12:30:00Z. See 'scoring adjustments put --help'.",
        "adjustments",
        "put",
        "ada",
        "--model",
        "m",
        "--reason",
        "r",
        "--add",
        "1",
        "--for",
        "soon"
    )]
    [InlineData(
        "scoring: Option '--grant' is required. See 'scoring keys create --help'.",
        "keys",
        "create",
        "--owner",
        "a"
    )]
    [InlineData(
        "scoring: --grant: 'ingest' is not ROLE@WORKSPACE, such as ingest@default or 'read@*'; ROLE is ingest, read, model or admin. See 'scoring keys create --help'.",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "read@a",
        "--grant",
        "ingest"
    )]
    [InlineData("scoring: --grant: 'owner@a' is not", "keys", "create", "--owner", "a", "--grant", "owner@a")]
    [InlineData(
        "scoring: --grant: 'unspecified@a' is not",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "unspecified@a"
    )]
    [InlineData("scoring: --grant: 'read@' is not", "keys", "create", "--owner", "a", "--grant", "read@")]
    [InlineData(
        "scoring: --expires: '90' is neither how long from now, such as 90d or 12h, nor a time such as 2027-01-31 or 2027-01-31T12:30:00Z. See",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "read@a",
        "--expires",
        "90"
    )]
    [InlineData("scoring: --expires: '0d'", "keys", "create", "--owner", "a", "--grant", "read@a", "--expires", "0d")]
    [InlineData(
        "scoring: --calls-per-second must be 1 to 1,000,000. See",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "read@a",
        "--calls-per-second",
        "0"
    )]
    [InlineData(
        "scoring: --bytes-per-second: '1MB' is not a size of 1 to 100,000,000,000 bytes, such as 1048576, 512KiB or 16MiB. See",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "read@a",
        "--bytes-per-second",
        "1MB"
    )]
    [InlineData(
        "scoring: --bytes-per-second: '9999999999GiB' is not",
        "keys",
        "create",
        "--owner",
        "a",
        "--grant",
        "read@a",
        "--bytes-per-second",
        "9999999999GiB"
    )]
    [InlineData("scoring: Required argument 'KEY_ID' missing for command: 'revoke'.", "keys", "revoke")]
    [InlineData("scoring: --limit must be at least 1. See 'scoring audit --help'.", "audit", "--limit", "0")]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2(string expected, params string[] args)
    {
        var run = await CommandRun.OfAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task What_begins_with_a_dash_can_be_asked_for_behind_two()
    {
        var run = await CommandRun.OfAsync("score", "--address", Nobody, "--", "--ada");

        Assert.StartsWith("scoring: no server answers", run.Error, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("none", "there is no such file", "import", "--mapping", "{file}", ".")]
    [InlineData("none", "there is no such file or folder", "import", "--mapping", "{mapping}", "{file}")]
    [InlineData("none", "there is no such file", "model", "put", "{file}")]
    [InlineData("none", "there is no such file", "model", "diff", "{file}", "engagement")]
    [InlineData("folder", "is a folder, not a file", "import", "--mapping", "{file}", ".")]
    [InlineData(
        "folder",
        "is a folder, not a file",
        "import",
        "--mapping",
        "{mapping}",
        "{data}",
        "--rejects",
        "{file}"
    )]
    [InlineData("folder", "is a folder, not a file", "model", "put", "{file}")]
    [InlineData("folder", "is a folder, not a file", "model", "get", "--file", "{file}")]
    [InlineData("none/x", "there is no such folder as that of the file", "model", "put", "{file}")]
    [InlineData(
        "none/x",
        "there is no such folder as that of the file",
        "import",
        "--mapping",
        "{mapping}",
        "{data}",
        "--rejects",
        "{file}"
    )]
    [InlineData("empty", "the file is empty", "import", "--mapping", "{file}", ".")]
    [InlineData(
        "empty",
        "1: the file is empty; the first line must name",
        "import",
        "--mapping",
        "{mapping}",
        "{file}"
    )]
    [InlineData("empty", "the file is empty", "model", "put", "{file}")]
    [InlineData("wide", "is UTF-16 or UTF-32; files are read as UTF-8", "model", "put", "{file}")]
    [InlineData("wide", "is UTF-16 or UTF-32; files are read as UTF-8", "import", "--mapping", "{file}", ".")]
    [InlineData("bad", "2: column 3: the byte 0xFC is not UTF-8", "model", "put", "{file}")]
    public async Task A_file_that_cannot_be_used_is_named_with_the_reason(
        string name,
        string problem,
        params string[] args
    )
    {
        using var folder = new TempFolder();
        await using var server = args.Contains("get") ? await RunningServer.StartAsync() : null;
        Directory.CreateDirectory(Path.Combine(folder.Path, "folder"));
        folder.Write("empty", "");
        File.WriteAllBytes(Path.Combine(folder.Path, "wide"), [0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0]);
        File.WriteAllBytes(Path.Combine(folder.Path, "bad"), [.. "{\n  "u8, 0xFC, .. "}"u8]);
        var file = Path.Combine(folder.Path, name);
        var data = folder.Write("c.csv", "id\n1\n");
        var mapping = folder.Write("m.yaml", "version: 1\nfiles:\n  - path: c.csv\n    customers: [{ id: '{id}' }]\n");

        var run = await CommandRun.OfAsync([
            .. args.Select(arg =>
                arg.Replace("{file}", file, StringComparison.Ordinal)
                    .Replace("{mapping}", mapping, StringComparison.Ordinal)
                    .Replace("{data}", data, StringComparison.Ordinal)
            ),
            "--address",
            server?.Address ?? Nobody,
        ]);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: {file}:", run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
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
