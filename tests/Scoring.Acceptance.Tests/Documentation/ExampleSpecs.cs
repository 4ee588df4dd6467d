using System.Text;
using Scoring.Acceptance.Tests.RavenStack;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Tests;

namespace Scoring.Acceptance.Tests.Documentation;

/// <summary>Every example of the documentation runs: each fenced block has one of the runners below, or says that it is what a program shows.</summary>
public sealed class ExampleSpecs
{
    /// <summary>Languages of blocks that are what tests/interop/run.sh runs.</summary>
    private static readonly string[] OfInterop = ["python", "js", "csharp"];

    /// <summary>Languages of the files that examples use.</summary>
    private static readonly string[] OfFiles = ["json", "yaml", "csv"];

    /// <summary>The page whose example is compiled and run by the tests of the grains.</summary>
    private const string OfTheGrains = "src/Scoring.Grains/README.md";

    /// <summary>The page whose commands want a PostgreSQL at its usual place, and Docker.</summary>
    private const string OfTheCluster = "docs/cluster.md";

    /// <summary>The page whose commands are one script: each builds on those before it.</summary>
    private const string WalkThrough = "examples/ravenstack/walkthrough.md";

    private static readonly (string Needed, string Reason)[] Tools =
    [
        ("grpcurl ", "tests/interop/node/node_modules/.bin/buf"),
        ("protoc ", "/usr/bin/grpc_python_plugin"),
    ];

    public static TheoryData<string> Shell => [.. Blocks("sh").Select(block => block.ToString())];

    [Fact]
    public void Every_block_says_what_it_is_and_has_a_runner() =>
        Assert.All(
            CodeBlock.All,
            block =>
                Assert.True(
                    block.Language is "text" or "sh"
                        || (OfFiles.Contains(block.Language) && block.File.Length > 0)
                        || block is { Language: "yaml", File: "" }
                        || (OfInterop.Contains(block.Language) && block.Page == "README.md")
                        || block is { Language: "csharp", Page: OfTheGrains },
                    $"{block}: no runner takes '{block.Language} {block.File}'; what a program shows is 'text'"
                )
        );

    [Fact]
    public async Task What_the_interop_tests_run_is_there_once()
    {
        var run = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "interop", "run.sh"), Token);
        Assert.All(
            OfInterop,
            language =>
            {
                // It takes the first of each language.
                Assert.Single(CodeBlock.All, block => block.Language == language && block.Page != OfTheGrains);
                Assert.Contains($"readme_code {language} >", run, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [MemberData(nameof(Shell))]
    public async Task Commands_run_as_they_stand(string place)
    {
        var block = Blocks("sh").Single(block => block.ToString() == place);
        if (block.Text.Contains("data/ravenstack", StringComparison.Ordinal))
        {
            RavenStackFixture.SkipWithoutData();
        }
        foreach (var (needed, tool) in Tools)
        {
            Assert.SkipWhen(
                block.Text.Contains(needed, StringComparison.Ordinal)
                    && !File.Exists(Path.Combine(Repository.Root, tool)),
                $"{tool} is not here: run tests/interop/install.sh."
            );
        }
        using var folder = new ExampleFolder(block.Page);

        await folder.RunAsync(block.Text);
    }

    [Fact]
    public async Task The_walk_through_shows_what_its_commands_show()
    {
        RavenStackFixture.SkipWithoutData();
        var blocks = CodeBlock.All.Where(block => block.Page == WalkThrough).ToList();
        using var folder = new ExampleFolder(WalkThrough);

        var output = await folder.RunAsync(
            string.Concat(blocks.Where(block => block.Language == "sh").Select(block => block.Text))
        );

        // Columns are as wide as rows that the page leaves out make them.
        var lines = output.Split('\n').Select(OneBlank).ToList();
        var at = 0;
        foreach (var shown in blocks.Where(block => block.Language == "text").SelectMany(block => Lines(block.Text)))
        {
            var found = lines.FindIndex(at, line => line.StartsWith(shown, StringComparison.Ordinal));
            Assert.True(found >= 0, $"The page shows '{shown}', which does not follow in:\n{output}");
            at = found + 1;
        }

        static IEnumerable<string> Lines(string text) =>
            text.Split('\n').Where(line => line.Length > 0).Select(OneBlank);

        static string OneBlank(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Settings_start_the_server_with_the_model_files_beside_them()
    {
        var settings = Assert.Single(CodeBlock.All, block => block.File == "appsettings.json");
        using var folder = new ExampleFolder(settings.Page);

        var output = await folder.RunAsync(
            """
            command curl -sS --fail "http://localhost:$http/v1/models/activation?workspace=trial"
            """
        );

        Assert.Contains("colleague_invited", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Joins_belong_into_a_mapping()
    {
        var joins = CodeBlock.All.Where(block => block is { Language: "yaml", File: "" }).ToList();
        Assert.NotEmpty(joins);
        Assert.All(
            joins,
            join =>
            {
                var mapping = $"""
                    version: 1
                    files:
                      - path: subscriptions.csv
                      - path: tickets.csv
                        joins:
                          {join.Text.ReplaceLineEndings("\n      ")}
                        customers:
                          - id: "{"{subscription.account_id}"}"
                    """;
                Assert.Equal(2, MappingReader.Read(join.ToString(), Encoding.UTF8.GetBytes(mapping)).Files.Count);
            }
        );
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<CodeBlock> Blocks(string language) =>
        CodeBlock.All.Where(block => block.Language == language && block.Page is not (OfTheCluster or WalkThrough));
}
