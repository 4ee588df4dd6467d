using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;

namespace Scoring.Cli.Tests.Migration;

/// <summary>What is said before PostgreSQL is ever asked; what it takes is tested with the cluster edition.</summary>
public sealed class MigrateCommandSpecs
{
    // Nothing listens on port 1 of the loopback.
    private const string Nobody = "Host=127.0.0.1;Port=1;Timeout=5";

    [Theory]
    [InlineData("scoring: Required argument 'DIR' missing for command: 'to-cluster'.", "to-cluster")]
    [InlineData("scoring: --partitions must be 1 to 1,024.", "to-standalone", "x", "--partitions", "0")]
    [InlineData("scoring: --partitions must be 1 to 1,024.", "to-standalone", "x", "--partitions", "1025")]
    [InlineData("scoring: A command is missing; there are to-cluster, to-standalone. See 'scoring migrate --help'.")]
    public async Task A_wrong_command_line_is_said_in_one_line(string message, params string[] args)
    {
        var run = await CommandRun.OfAsync(["migrate", .. args]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("to-cluster")]
    [InlineData("to-standalone")]
    public async Task A_database_that_does_not_answer_is_said_and_nothing_is_made(string direction)
    {
        using var folder = new TempFolder();

        var run = await CommandRun.OfAsync("migrate", direction, folder.Path, "--postgres", Nobody);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("scoring: PostgreSQL (--postgres or SCORING_POSTGRES):", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was kept", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_connection_in_other_words_than_Npgsqls_is_said_with_an_example()
    {
        var run = await CommandRun.OfAsync("migrate", "to-cluster", "x", "--postgres", "postgres://db/scoring");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("scoring: --postgres:", run.Error, StringComparison.Ordinal);
        Assert.Contains("Host=localhost;Database=scoring", run.Error, StringComparison.Ordinal);
    }
}
