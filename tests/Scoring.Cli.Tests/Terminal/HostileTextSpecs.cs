using System.Text.Json;
using Scoring.Cli.Terminal;
using Scoring.Cli.Tests.Support;
using Scoring.Core;
using Spectre.Console;

namespace Scoring.Cli.Tests.Terminal;

/// <summary>Texts that would write to the clipboard, clear the screen, turn words round and hide lines, wherever they come from.</summary>
public sealed class HostileTextSpecs
{
    private const string Hostile = "a\u001B]52;c;eA==\a\u009B2J\u202Eb\u2066c\u200F\u061C\u007F\rd";
    private const string Shown = "a\\u001B]52;c;eA==";

    public static TheoryData<string> Reads =>
        [
            "score ada",
            "score ada bob",
            "segment",
            "segment plan=\"a\" plan=\"b\"",
            "segment --top 3 --bottom 3 --events",
            "account acme",
            "model list",
            "model get",
            "segments list",
            "segments get a",
            "segments put a b",
            "customers get ada",
            "customers list --why",
            "customers history ada",
            "customers explain ada --from 30d",
            "customers forecast ada",
            "segments history a",
            "segments movers a --from 7d",
            "model evaluate --event a",
            "model propose --event a",
            "segments explain a --from 7d",
            "segments leavers a",
            "segment --by plan",
            "segment a=b c=d --contrast",
            "accounts get acme",
            "accounts list",
            "accounts history acme",
            "accounts explain acme --from 7d",
            "customers merge ada bob",
            "customers delete ada",
            "adjustments put ada --model m --set 1 --reason r",
            "adjustments list",
            "accounts delete acme --release-customers",
            "names list",
            "names prune --dry-run",
            "keys list",
            "keys create --owner a --grant read@a",
            "audit",
        ];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task What_a_server_answers_is_shown_and_not_obeyed(string command)
    {
        await using var server = await HostileServer.StartAsync(Hostile, refuses: false);

        var run = await CommandRun.OfAsync([.. command.Split(' '), "--address", server.Address]);

        AssertShown(run);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public async Task What_is_exported_holds_nothing_that_a_terminal_obeys(string format)
    {
        await using var server = await HostileServer.StartAsync(Hostile, refuses: false);

        var run = await CommandRun.OfAsync(["export", "--format", format, "--address", server.Address]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotEmpty(run.Output);
        AssertNothingUnseen(run);
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Answers_as_JSON_stay_JSON_and_hold_nothing_that_a_terminal_obeys(string command)
    {
        await using var server = await HostileServer.StartAsync(Hostile, refuses: false);

        var run = await CommandRun.OfAsync([.. command.Split(' '), "--address", server.Address, "--json"]);

        Assert.Equal("", run.Error);
        AssertNothingUnseen(run);
        using var answer = JsonDocument.Parse(run.Output);
        Assert.Contains(Hostile, Texts(answer.RootElement));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task What_a_server_says_when_it_refuses_is_shown_and_not_obeyed(string command)
    {
        await using var server = await HostileServer.StartAsync(Hostile, refuses: true);

        var run = await CommandRun.OfAsync([.. command.Split(' '), "--address", server.Address]);

        Assert.Equal(1, run.ExitCode);
        AssertShown(run);
    }

    [Fact]
    public async Task Cells_and_names_of_files_that_are_imported_are_shown_and_not_obeyed()
    {
        using var folder = new TempFolder();
        var name = $"{Hostile}.csv";
        var mapping = folder.Write(
            "mapping.yaml",
            $$"""
            version: 1
            files:
              - path: "{{JsonEncodedText.Encode(name)}}"
                events: [{ type: visit, id: "{id}", customer: "{who}", at: "{at}" }]
            """
        );
        folder.Write(name, $"id,who,at\n1,ada,\"{Hostile}\"\n");

        var run = await CommandRun.OfAsync("import", "--mapping", mapping, folder.Path, "--dry-run");
        var json = await CommandRun.OfAsync("import", "--mapping", mapping, folder.Path, "--dry-run", "--json");

        AssertShown(run);
        AssertNothingUnseen(json);
        using var report = JsonDocument.Parse(json.Output);
        Assert.Contains(Texts(report.RootElement), text => text.Contains(Hostile, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("import", "--mapping", Hostile, ".")]
    [InlineData("model", "put", Hostile)]
    [InlineData("move", "--from", "/nowhere/" + Hostile, "--to", "/nowhere/to/" + Hostile)]
    [InlineData("score", "ada", "--read-time", Hostile)]
    [InlineData("score", "ada", "--address", Hostile)]
    [InlineData("names", "list", "--kind", Hostile)]
    [InlineData("keys", "list", "--api-key-file", Hostile)]
    [InlineData("keys", "create", "--owner", "a", "--grant", Hostile)]
    [InlineData(Hostile)]
    public async Task Arguments_and_names_of_files_in_errors_are_shown_and_not_obeyed(params string[] command)
    {
        var run = await CommandRun.OfAsync(command);

        Assert.NotEqual(0, run.ExitCode);
        AssertShown(run);
    }

    [Fact]
    public async Task A_mapping_and_a_model_that_are_at_fault_are_shown_and_not_obeyed()
    {
        using var folder = new TempFolder();
        var mapping = folder.Write("mapping.yaml", $"version: 1\n\"{JsonEncodedText.Encode(Hostile)}\": 1\n");
        var model = folder.Write("model.json", $$"""{ "{{JsonEncodedText.Encode(Hostile)}}": 1 }""");

        AssertShown(await CommandRun.OfAsync("import", "--mapping", mapping, folder.Path));
        AssertShown(await CommandRun.OfAsync("model", "put", model));
    }

    /// <summary>Colours are the program's own, so the terminal gets them, and between them text that it does not obey.</summary>
    [Fact]
    public void On_a_terminal_styles_pass_and_texts_do_not_become_some()
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Out = new AnsiConsoleOutput(written),
            }
        );
        console.Pipeline.Attach(new VisibleText());

        console.MarkupLineInterpolated($"[red]{Hostile}[/]");

        var text = written.ToString();
        Assert.StartsWith("\u001B[", text, StringComparison.Ordinal);
        Assert.Contains(Shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001B]", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', text);
    }

    private static void AssertShown(CommandRun run)
    {
        AssertNothingUnseen(run);
        // A table breaks lines where it is too narrow.
        var all = string.Concat((run.Output + run.Error).Where(c => !char.IsWhiteSpace(c)));
        Assert.Contains(Shown, all, StringComparison.Ordinal);
    }

    private static void AssertNothingUnseen(CommandRun run) =>
        Assert.DoesNotContain(run.Output + run.Error, c => c is not '\n' && UnseenCharacters.AreIn([c]));

    private static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(property => Texts(property.Value).Append(property.Name)),
            _ => [],
        };
}
