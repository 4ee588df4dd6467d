using Scoring.Cli;
using Scoring.Cli.Terminal;

namespace Scoring.Cluster.Tests.Migration;

/// <summary><c>scoring migrate</c> as it was run, and what it wrote.</summary>
internal sealed record MigrateRun(int ExitCode, string Output, string Error)
{
    public static Task<MigrateRun> ToClusterAsync(string directory, string connection, params string[] options) =>
        OfAsync(["migrate", "to-cluster", directory, "--postgres", connection, .. options]);

    public static Task<MigrateRun> ToStandaloneAsync(string directory, string connection, params string[] options) =>
        OfAsync(["migrate", "to-standalone", directory, "--postgres", connection, .. options]);

    /// <summary>Fails the test unless it succeeded.</summary>
    public MigrateRun Succeeded()
    {
        Assert.True(ExitCode == 0, Error + Output);
        return this;
    }

    /// <summary>Fails the test unless it failed with a message that says something.</summary>
    public void FailedSaying(string words)
    {
        Assert.Equal(1, ExitCode);
        Assert.Contains(words, Error, StringComparison.Ordinal);
    }

    private static async Task<MigrateRun> OfAsync(string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await ScoringCommand.RunAsync(
            arguments,
            Screen.Of(output, error),
            TestContext.Current.CancellationToken
        );
        return new(exitCode, output.ToString(), error.ToString());
    }
}
