using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Engine;
using Scoring.Engine.Tests;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>What <c>scoring move</c> says; what becomes of stores is specified where they are.</summary>
public sealed class MoveSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    private string From => Path.Combine(_folder.Path, "from");

    private string To => Path.Combine(_folder.Path, "to");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_move_says_how_far_it_is_and_what_was_moved()
    {
        await MakeStore();

        var run = await CommandRun.OfAsync("move", "--from", From, "--to", To, "--partitions", "2");

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains("default", run.Output, StringComparison.Ordinal);
        Assert.Contains("in 2 partitions", run.Output, StringComparison.Ordinal);
        Assert.Contains("Copying: 100 %, 4 of 4 partitions, 1 customers", run.Error, StringComparison.Ordinal);
        Assert.Contains("Verifying: 100 %, 2 of 2 partitions", run.Error, StringComparison.Ordinal);
        await using var moved = await Open(To);
        Assert.NotNull(
            (
                await moved.GetScoresAsync(
                    new("default", ["ada"], "engagement", null),
                    TestContext.Current.CancellationToken
                )
            )[0]
        );
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_the_option_that_names_it()
    {
        await MakeStore();
        string empty = Path.Combine(_folder.Path, "empty");
        Directory.CreateDirectory(empty);

        await Fails(1, "--from and --to are the same directory", "--from", From, "--to", From);
        await Fails(1, "--from and --to are the same directory", "--from", From, "--to", From + "/");
        await Fails(
            1,
            $"--from {_folder.Path}/none: there is no such directory",
            "--from",
            _folder.Path + "/none",
            "--to",
            To
        );
        await Fails(1, $"--from {empty}: there is no store here", "--from", empty, "--to", To);
        await Fails(
            1,
            "--to is neither a directory nor how to connect to databases",
            "--from",
            From,
            "--to",
            "Hots=db"
        );
        await Fails(
            1,
            "--to PostgreSQL 127.0.0.1, database none: cannot be",
            "--from",
            From,
            "--to",
            "Host=127.0.0.1;Port=1;Database=none;Username=none"
        );
        await Fails(2, "--partitions must be 1 to 1,024", "--from", From, "--to", To, "--partitions", "0");
        await Fails(2, "--partitions must be a whole number", "--from", From, "--to", To, "--partitions", "many");
        await using (await Open(To)) { }
        await Fails(1, $"--to {To}: there is a store here already", "--from", From, "--to", To);
        await using (await Open(From))
        {
            await Fails(1, $"--from {From}: the data directory cannot be locked", "--from", From, "--to", To);
        }
    }

    private static async Task Fails(int exitCode, string message, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["move", .. arguments]);

        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
    }

    private async Task MakeStore()
    {
        await using var engine = await Open(From);
        await engine.UpsertCustomersAsync("default", [new("ada", "acme", [])], TestContext.Current.CancellationToken);
    }

    private static Task<ScoringEngine> Open(string directory) =>
        ScoringEngine.OpenAsync(
            new EngineOptions
            {
                DataDirectory = directory,
                Partitions = 4,
                Models = [new ModelSource("", Model, "1")],
            },
            TestContext.Current.CancellationToken
        );

    private static Core.Models.ScoringModel Model =>
        new()
        {
            Name = "engagement",
            Terms = [new Core.Models.EventTerm("login", 7, Core.Facts.Measure.Count, 1)],
            TargetPoints = 100,
            Bands =
            [
                new("low", "Low", Core.Models.Engagement.NotEngaged, 50, UpperEndIncluded: true),
                new("high", "High", Core.Models.Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };
}
