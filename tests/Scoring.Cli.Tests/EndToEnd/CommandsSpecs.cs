using System.Text.Json;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>The commands against a real server process.</summary>
public sealed class CommandsSpecs(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Mapping = """
        version: 1
        files:
          - path: people.csv
            accounts: [{ id: "{firm}", seats: "3" }]
            customers: [{ id: "{id}", account: "{firm}", attributes: { club: "{club}" } }]
          - path: uses.jsonl
            events: [{ type: feature_used, id: "{id}", customer: "{who}", at: "{at}", value: "{n}", feature: "{what}" }]
        """;

    [Fact]
    public async Task Files_are_imported_and_asked_about_and_a_second_import_changes_nothing()
    {
        using var folder = new TempFolder();
        var mapping = folder.Write("mapping.yaml", Mapping);
        folder.Write("people.csv", "id,firm,club\nada,acme,chess\nbob,acme,golf\ncy,acme,golf\n");
        folder.Write(
            "uses.jsonl",
            """
            {"id":"1","who":"ada","at":"2026-01-01T10:00:00Z","n":4,"what":"chart"}
            {"id":"2","who":"ada","at":"2026-01-02T10:00:00Z","n":6,"what":"export"}
            {"id":"1","who":"bob","at":"2026-01-02T10:00:00Z","n":1,"what":"chart"}
            {"id":"9","who":"cy","at":"2126-01-02T10:00:00Z","n":1,"what":"chart"}
            {"id":"1","who":"ada","at":"2026-01-01T10:00:00Z","n":5,"what":"chart"}
            """
        );

        var first = await ImportAsync("s1");
        var again = await ImportAsync("s1");
        var without = await ImportAsync("s2");

        Assert.Equal((1, 0, 1), (first.ExitCode, again.ExitCode, without.ExitCode));
        Assert.Equal((3, 0, 0, 2), Events(first));
        Assert.Equal((0, 5, 0, 0), Events(again));
        Assert.Equal((0, 0, 3, 2), Events(without));
        Assert.Contains("event_id_conflict", first.Output, StringComparison.Ordinal);
        Assert.Contains("occurred_at_in_future", first.Output, StringComparison.Ordinal);

        var score = await RunAsync("score", "ada", "--read-time", "2026-01-02T10:00:00Z", "--json");
        using var ada = JsonDocument.Parse(score.Output);
        var week = ada
            .RootElement.GetProperty("contributions")
            .EnumerateArray()
            .Single(c => c.GetProperty("halfLifeDays").GetInt32() == 7);
        Assert.Equal(6 + (4 * Math.Pow(2, -1 / 7.0)), week.GetProperty("quantity").GetDouble(), 9);

        var account = await RunAsync("account", "acme", "--read-time", "2026-01-02T12:00:00Z");
        Assert.Equal(0, account.ExitCode);
        Assert.Contains("2 active of 3 seats", account.Output, StringComparison.Ordinal);
        Assert.Contains("3 customer-days, 1.5 per active customer", account.Output, StringComparison.Ordinal);

        var segments = await RunAsync(
            "segment",
            // An attribute that nobody else on this server has: a segment holds no later than its newest event.
            "club = \"chess\"",
            "club = \"golf\"",
            "club = \"none\"",
            "-t",
            "2026-01-03"
        );
        Assert.Equal(0, segments.ExitCode);
        Assert.Matches("club = \"none\" +0 +– +– +–", segments.Output);
        Assert.Contains(
            "No customer has club = \"none\"; nearest known: \"chess\", \"golf\".",
            segments.Output,
            StringComparison.Ordinal
        );

        var misspelt = await RunAsync("segment", "Club = \"Chess\" AND club = \"gulf\"", "-t", "2026-01-03");
        Assert.Equal(0, misspelt.ExitCode);
        Assert.Contains(
            "No customer has the attribute Club; nearest known: club; nearest values of club: \"chess\".",
            misspelt.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "No customer has club = \"gulf\"; nearest known: \"golf\".",
            misspelt.Output,
            StringComparison.Ordinal
        );

        string[][] empty =
        [
            ["customers", "list", "club = gulf"],
            ["segment", "club = gulf", "--by", "club"],
        ];
        foreach (var command in empty)
        {
            var none = await RunAsync(command);
            Assert.Equal(
                "Nobody matches.\nNo customer has club = \"gulf\"; nearest known: \"golf\".\n",
                none.Output.ReplaceLineEndings("\n")
            );
        }

        var groups = await RunAsync("segment", "club:*", "--by", "club", "-t", "2026-01-03");
        Assert.Equal(0, groups.ExitCode);
        Assert.Matches("golf +2 +67 %", groups.Output);
        Assert.Matches("chess +1 +33 %", groups.Output);

        var contrast = await RunAsync("segment", "club = golf", "club = chess", "--contrast");
        Assert.Equal(0, contrast.ExitCode);
        // Of three customers nothing is sure.
        Assert.Contains("differs by more than may be chance", contrast.Output, StringComparison.Ordinal);

        var list = await RunAsync("customers", "list", "club:*", "-t", "2026-01-03", "--most", "2", "--why");
        Assert.Equal(0, list.ExitCode);
        Assert.Contains(
            "2 of 3 customers by engagement v1, at 2026-01-03 00:00:00Z",
            list.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(@"ada +acme(.|\n)+bob +acme", list.Output);

        var model = Path.Combine(folder.Path, "model.json");
        await RunAsync("model", "get", "--file", model);
        var preview = await RunAsync(
            "model",
            "preview",
            model,
            "club:*",
            "--segment",
            "club = chess",
            "-t",
            "2026-01-03"
        );
        Assert.Equal(0, preview.ExitCode);
        Assert.Matches("now +3 (.|\n)+with the file +3 (.|\n)+club = chess(.|\n)+now +1 ", preview.Output);
        Assert.Contains("at 2026-01-03 00:00:00Z; nothing was changed", preview.Output, StringComparison.Ordinal);
        var shadow = await RunAsync("model", "preview", "engagement@1", "club:*", "-t", "2026-01-03");
        Assert.Matches("now +3 (.|\n)+with engagement +3 ", shadow.Output);

        var accounts = await RunAsync("accounts", "list", "account_id = acme AND seats = 3");
        Assert.Equal(0, accounts.ExitCode);
        Assert.Contains("acme", accounts.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 1 account, at ", accounts.Output, StringComparison.Ordinal);

        var file = Path.Combine(folder.Path, "out.csv");
        var export = await RunAsync("export", "club:*", "--attribute", "club", "--output", file);
        Assert.Equal((0, "3 customers in"), (export.ExitCode, export.Output[..14]));
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("customer_id,account_id,score,", lines[0], StringComparison.Ordinal);
        Assert.Matches("^ada,acme,.*,chess,$", lines.Single(line => line.StartsWith("ada", StringComparison.Ordinal)));
        Assert.False(File.Exists(file + ".partial"));

        var nowhere = Path.Combine(folder.Path, "missing", "out.csv");
        var failed = await RunAsync("export", "--output", nowhere);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains($"scoring: {nowhere}: ", failed.Error, StringComparison.Ordinal);

        var json = await RunAsync("export", "club = chess", "--format", "jsonl", "--why");
        using var exported = JsonDocument.Parse(json.Output);
        Assert.Equal("ada", exported.RootElement.GetProperty("customerId").GetString());
        Assert.NotEmpty(exported.RootElement.GetProperty("contributions").EnumerateArray());

        var events = await RunAsync("export", "events", "--filter", "club = chess");
        Assert.Equal(0, events.ExitCode);
        Assert.All(
            events.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Contains("\"customer_id\": \"ada\"", line, StringComparison.Ordinal)
        );
        Assert.Contains("\"feature\": \"chart\"", events.Output, StringComparison.Ordinal);

        // What is exported is a file of corrections.
        var corrected = await RunAsync("events", "correct", "--file", folder.Write("wrong.jsonl", events.Output));
        Assert.Equal(0, corrected.ExitCode);
        Assert.StartsWith("2 events voided", corrected.Output, StringComparison.Ordinal);
        Assert.Empty((await RunAsync("export", "events", "--filter", "club = chess")).Output.Trim());

        Task<CommandRun> ImportAsync(string state) =>
            RunAsync(
                "import",
                "--mapping",
                mapping,
                folder.Path,
                "--state",
                Path.Combine(folder.Path, state),
                "--json"
            );
    }

    [Fact]
    public async Task A_model_goes_to_a_file_is_changed_and_put_back_and_an_old_copy_is_refused()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "model.json");

        var get = await RunAsync("model", "get", "--file", file);
        var model = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            model.Replace("\"target_points\": 90", "\"target_points\": 45", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        var check = await RunAsync("model", "put", file, "--validate-only");
        var put = await RunAsync("model", "put", file);
        var stale = await RunAsync("model", "put", file);
        var list = await RunAsync("model", "list");

        Assert.Equal((0, 0, 0, 1, 0), (get.ExitCode, check.ExitCode, put.ExitCode, stale.ExitCode, list.ExitCode));
        Assert.Contains("nothing was changed", check.Output, StringComparison.Ordinal);
        Assert.Contains("engagement is at version 2 now", put.Output, StringComparison.Ordinal);
        Assert.StartsWith("scoring: ABORTED: ", stale.Error, StringComparison.Ordinal);
        Assert.Contains("engagement", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_of_a_model_is_listed_compared_read_by_and_gone_back_in()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "model.json");
        await RunAsync("model", "get", "--file", file);
        var model = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        model = string.Join(
            '\n',
            model.Split('\n').Where(line => !line.Contains("\"etag\"", StringComparison.Ordinal))
        );
        model = model.Replace("\"name\": \"engagement\"", "\"name\": \"history\"", StringComparison.Ordinal);
        await PutAsync(model, "First of all.");
        // 90, or 45 once the other test has been here.
        var fewer = model
            .Replace("\"target_points\": 90", "\"target_points\": 30", StringComparison.Ordinal)
            .Replace("\"target_points\": 45", "\"target_points\": 30", StringComparison.Ordinal);
        await PutAsync(fewer, "Too few.");

        var diff = await RunAsync("model", "diff", "history@1", "history");
        var segment = await RunAsync("segment", "--model", "history@1", "--json");
        var back = await RunAsync("model", "rollback", "history@1", "--etag", "v2", "--note", "Was right.");
        var stale = await RunAsync("model", "rollback", "history@1", "--etag", "v2");
        var none = await RunAsync("model", "rollback", "history@9");
        var same = await RunAsync("model", "diff", "history@1", "history@3");
        await PutAsync(
            fewer.Replace("\"name\": \"history\"", "\"name\": \"shadow\"", StringComparison.Ordinal),
            "Runs beside."
        );
        var beside = await RunAsync("model", "preview", "shadow", "--against", "history", "--json");
        var adopted = await RunAsync("model", "adopt", "shadow", "history", "--note", "Tells more.");
        var dropped = await RunAsync("model", "adopt", "shadow", "history");
        var deleted = await RunAsync("model", "delete", "history", "--note", "Done with.");
        var gone = await RunAsync("segment", "--model", "history");
        var versions = await RunAsync("model", "versions", "history");
        var needed = await RunAsync("model", "delete", "engagement");

        Assert.Contains("30 points make a score of 100, which ", diff.Output, StringComparison.Ordinal);
        Assert.Contains("\"modelVersion\": 1", segment.Output, StringComparison.Ordinal);
        Assert.Contains("history is at version 3 now, which equals version 1.", back.Output, StringComparison.Ordinal);
        Assert.StartsWith("scoring: ABORTED: ", stale.Error, StringComparison.Ordinal);
        Assert.Contains("no version 9: there are 1 to 3.", none.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (beside.ExitCode, beside.Error));
        Assert.Contains("\"modelName\": \"shadow\"", beside.Output, StringComparison.Ordinal);
        Assert.Contains("history is at version 4 now, which equals shadow.", adopted.Output, StringComparison.Ordinal);
        Assert.StartsWith("scoring: NOT_FOUND: ", dropped.Error, StringComparison.Ordinal);
        Assert.Contains("history@3 scores as history@1 does.", same.Output, StringComparison.Ordinal);
        Assert.Equal((0, "history is deleted."), (deleted.ExitCode, deleted.Output.Trim()));
        Assert.StartsWith("scoring: NOT_FOUND: ", gone.Error, StringComparison.Ordinal);
        Assert.Matches(@"history@3 +\d{4}-.* anonymous +Was right\.", versions.Output);
        Assert.Matches(@"history@2 +\d{4}-.* anonymous +Too few\.", versions.Output);
        Assert.StartsWith("scoring: FAILED_PRECONDITION: ", needed.Error, StringComparison.Ordinal);
        Assert.Contains("DefaultModel", needed.Error, StringComparison.Ordinal);

        async Task PutAsync(string content, string note)
        {
            var run = await RunAsync("model", "put", folder.Write("put.json", content), "--note", note);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
        }
    }

    [Fact]
    public async Task Names_are_listed_and_pruned()
    {
        using var folder = new TempFolder();
        var mapping = folder.Write(
            "mapping.yaml",
            """
            version: 1
            files:
              - path: uses.jsonl
                events: [{ type: "{type}", id: "{id}", customer: "{who}", at: "{at}" }]
            """
        );
        folder.Write(
            "uses.jsonl",
            """
            {"id":"1","who":"eve","at":"2026-01-01T10:00:00Z","type":"mistyped-1"}
            {"id":"2","who":"eve","at":"2026-01-01T10:00:00Z","type":"mistyped-2"}
            """
        );
        var import = await RunAsync("import", "--mapping", mapping, folder.Path, "--state", folder.Path + "/state");
        Assert.Equal(0, import.ExitCode);

        var list = await RunAsync("names", "list", "--kind", "event-type");
        var lately = await RunAsync("names", "prune", "--kind", "event-type");
        var dry = await RunAsync("names", "prune", "mistyped-*", "--dry-run");
        var still = await RunAsync("names", "list");
        var pruned = await RunAsync("names", "prune", "mistyped-*", "purchase");
        var after = await RunAsync("names", "list");

        Assert.Matches(@"mistyped-1 +event type +\d{4}-\d\d-\d\d +1 ", list.Output);
        Assert.Matches("purchase .*model engagement", list.Output);
        Assert.Contains("session_started", list.Output, StringComparison.Ordinal);
        Assert.Contains("event types that no model or setting uses.", list.Output, StringComparison.Ordinal);
        Assert.Contains("--unused-for 0", lately.Output, StringComparison.Ordinal);
        Assert.Contains("2 names would be removed; nothing was changed.", dry.Output, StringComparison.Ordinal);
        Assert.Contains("mistyped-2", still.Output, StringComparison.Ordinal);
        Assert.Contains("2 names are removed.", pruned.Output, StringComparison.Ordinal);
        Assert.Contains("Kept: purchase (used by model engagement", pruned.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("mistyped", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_with_the_field_at_fault()
    {
        using var folder = new TempFolder();
        var file = folder.Write("bad.json", """{ "name": "bad", "target_points": -1, "terms": [], "bands": [] }""");

        var run = await RunAsync("model", "put", file);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("scoring: INVALID_ARGUMENT: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("target_points", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOT_FOUND", "score", "nobody-knows-me")]
    [InlineData("NOT_FOUND", "account", "nobody-knows-it")]
    [InlineData("NOT_FOUND", "customers", "get", "nobody-knows-me")]
    [InlineData("NOT_FOUND", "accounts", "get", "nobody-knows-it")]
    [InlineData("NOT_FOUND", "segment", "--workspace", "elsewhere")]
    [InlineData("INVALID_ARGUMENT", "segment", "plan == pro")]
    [InlineData("NOT_FOUND", "segments", "get", "nobodys")]
    [InlineData("INVALID_ARGUMENT", "segments", "put", "a", "in_segment(b)")]
    public async Task An_error_of_the_server_is_its_code_and_its_message(string code, params string[] args)
    {
        var run = await RunAsync(args);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: {code}: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Segments_are_put_asked_for_by_name_listed_and_deleted()
    {
        await RunAsync("simulate", "--customers", "50", "--days", "20", "--workspace", "default");
        var put = await RunAsync("segments", "put", "lively", "last_event < 5d", "--description", "Not [quiet]");
        var of = await RunAsync("segment", "in_segment(lively) AND NOT last_event < 5d", "--json");
        var asked = await RunAsync("segment", "in_segment(lively)", "last_event < 5d", "--json");
        var list = await RunAsync("segments", "list");
        var deleted = await RunAsync("segments", "delete", "lively");

        Assert.Equal((0, 0, 0, 0), (put.ExitCode, of.ExitCode, asked.ExitCode, list.ExitCode));
        Assert.Contains("lively: last_event < 5d", put.Output, StringComparison.Ordinal);
        Assert.Contains("Not [quiet]", list.Output, StringComparison.Ordinal);
        using var none = JsonDocument.Parse(of.Output);
        Assert.Equal("0", none.RootElement.GetProperty("customerCount").GetString());
        using var both = JsonDocument.Parse(asked.Output);
        var compared = both.RootElement.GetProperty("segments").EnumerateArray().ToList();
        Assert.Single(
            compared.Select(of => of.GetProperty("stats").GetProperty("customerCount").GetString()).Distinct()
        );
        Assert.Equal(0, compared[1].GetProperty("difference").GetProperty("meanDifference").GetDouble());
        Assert.Contains("lively is deleted.", deleted.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("segments", "get", "lively")).ExitCode);
    }

    [Fact]
    public async Task A_score_is_adjusted_told_of_in_words_listed_and_what_the_model_says_again()
    {
        await RunAsync("simulate", "--customers", "50", "--days", "20", "--workspace", "default");
        var before = await ScoreAsync();
        string[] of = ["user-00007", "--model", "engagement"];
        var put = await RunAsync([
            "adjustments",
            "put",
            .. of,
            "--add",
            "12.5",
            "--reason",
            "Renewed [again].",
            "--for",
            "30d",
        ]);
        var raised = await ScoreAsync();
        var shown = await RunAsync("score", "user-00007");
        var known = await RunAsync("customers", "get", "user-00007");
        var set = await RunAsync(["adjustments", "put", .. of, "--set", "-300", "--reason", "They leave."]);
        var list = await RunAsync("adjustments", "list", "--model", "engagement");
        var found = await RunAsync("customers", "list", "adjusted(engagement)", "--why");
        var lowered = await ScoreAsync();
        var removed = await RunAsync(["adjustments", "remove", .. of]);
        var none = await RunAsync("adjustments", "list", "user-00007");
        var again = await RunAsync(["adjustments", "remove", .. of]);

        Assert.All([put, set, list, found, removed, none], run => Assert.Equal(0, run.ExitCode));
        Assert.Matches(
            @"^The score of user-00007 in engagement is \+12.5 until \d{4}-.*Z: Renewed \[again\]\.",
            put.Output
        );
        Assert.Equal(before + 12.5, raised, 0.01);
        Assert.Matches(@"\n *by hand, \+12\.5 +– +– +– +\+", shown.Output);
        Assert.Matches(@"Adjusted by anonymous at .*, \+12\.5 until .*: Renewed \[again\]\.", shown.Output);
        Assert.Contains("Adjusted in engagement: +12.5 until ", known.Output, StringComparison.Ordinal);
        Assert.Matches(
            @"user-00007 +engagement +set to -300 +until it is removed +anonymous +They leave\.",
            list.Output
        );
        Assert.Contains("by hand, set to -300 ", found.Output, StringComparison.Ordinal);
        Assert.Equal(-300, lowered);
        Assert.Contains(
            "The score of user-00007 is what engagement says again.",
            removed.Output,
            StringComparison.Ordinal
        );
        Assert.Contains("Nothing is adjusted.", none.Output, StringComparison.Ordinal);
        Assert.StartsWith("scoring: NOT_FOUND: ", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await ScoreAsync(), 0.01);

        async Task<double> ScoreAsync()
        {
            using var score = JsonDocument.Parse((await RunAsync("score", "user-00007", "--json")).Output);
            return score.RootElement.GetProperty("score").GetDouble();
        }
    }

    [Fact]
    public async Task All_that_is_known_of_a_customer_and_of_its_account_is_shown_and_exported()
    {
        await RunAsync("simulate", "--customers", "20", "--days", "20", "--workspace", "default");

        var shown = await RunAsync("customers", "get", "user-00003");
        var export = await RunAsync("customers", "get", "user-00003", "--json");

        Assert.Equal((0, 0), (shown.ExitCode, export.ExitCode));
        using var customer = JsonDocument.Parse(export.Output);
        var root = customer.RootElement;
        Assert.All(
            root.GetProperty("events").EnumerateArray(),
            type =>
                Assert.Matches(
                    $@"\n *{type.GetProperty("eventType").GetString()} +{type.GetProperty("eventCount").GetString()} .* {type.GetProperty("lastDay").GetString()![..10]}",
                    shown.Output
                )
        );
        var account = root.GetProperty("accountId").GetString()!;
        Assert.Contains($"user-00003 of {account} since ", shown.Output, StringComparison.Ordinal);
        var known = await RunAsync("accounts", "get", account);
        Assert.Matches($"^{account}: [0-9]+ customers?, ", known.Output);
        Assert.StartsWith(
            "scoring: FAILED_PRECONDITION: ",
            (await RunAsync("accounts", "delete", account)).Error,
            StringComparison.Ordinal
        );
        var released = await RunAsync("accounts", "delete", account, "--release-customers");
        Assert.Contains($"{account} is deleted.", released.Output, StringComparison.Ordinal);
        var merged = await RunAsync("customers", "merge", "user-00003", "user-00004", "user-00005");
        Assert.Equal("user-00004, user-00005 stand for user-00003 now.", merged.Output.Trim());
        var survivor = await RunAsync("customers", "get", "user-00004");
        Assert.Contains("merged: user-00004, user-00005", survivor.Output, StringComparison.Ordinal);
        Assert.StartsWith("user-00003", survivor.Output, StringComparison.Ordinal);
        var deleted = await RunAsync("customers", "delete", "user-00003");
        Assert.Contains("user-00003 is deleted.", deleted.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "scoring: NOT_FOUND: ",
            (await RunAsync("customers", "delete", "user-00003")).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_simulation_that_is_repeated_is_all_duplicates()
    {
        string[] args =
        [
            "simulate",
            "--customers",
            "30",
            "--days",
            "14",
            "--seed",
            "3",
            "--until",
            "2025-06-30T18:00:00Z",
            "--json",
        ];

        using var first = JsonDocument.Parse((await RunAsync(args)).Output);
        using var again = JsonDocument.Parse((await RunAsync(args)).Output);

        Assert.True(first.RootElement.GetProperty("accepted").GetInt64() > 100);
        Assert.Equal(
            first.RootElement.GetProperty("accepted").GetInt64(),
            again.RootElement.GetProperty("duplicates").GetInt64()
        );
        Assert.Equal(0, again.RootElement.GetProperty("accepted").GetInt64());
    }

    private static (long Accepted, long Earlier, long Duplicates, long Rejected) Events(CommandRun run)
    {
        using var report = JsonDocument.Parse(run.Output);
        Assert.True(report.RootElement.GetProperty("tallies").GetBoolean());
        var line = report
            .RootElement.GetProperty("lines")
            .EnumerateArray()
            .Single(l => l.GetProperty("becomes").GetString() == "feature_used");
        return (
            line.GetProperty("accepted").GetInt64(),
            line.GetProperty("importedEarlier").GetInt64(),
            line.GetProperty("duplicates").GetInt64(),
            line.GetProperty("rejected").GetInt64()
        );
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.OfAsync([.. args, "--address", fixture.Address]);
}
