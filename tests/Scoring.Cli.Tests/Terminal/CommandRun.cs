using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Terminal;

/// <summary>A command that was run without a terminal, and what it wrote.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await ScoringCommand.RunAsync(
            args,
            Screen.Of(output, error),
            TestContext.Current.CancellationToken
        );
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
