using System.Diagnostics;
using Scoring.Cli.Tests;
using Scoring.Cli.Tests.Support;

namespace Scoring.Acceptance.Tests.Documentation;

/// <summary>`dotnet test Scoring.sln` ends with why tests were skipped.</summary>
public sealed class SkippedSpecs
{
    [Fact]
    public async Task One_line_for_each_reason_says_how_many_were_skipped_for_it()
    {
        using var results = new TempFolder();
        results.Write("one.trx", Results("Data is not here: put it there; or there.", "It takes root."));
        results.Write("other.trx", Results("Data is not here: put it there; or there."));

        var output = await ReportAsync(results.Path);

        Assert.Equal(
            ["Skipped 1: It takes root.", "Skipped 2: Data is not here: put it there; or there."],
            output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order()
        );
    }

    [Fact]
    public async Task Nothing_is_said_where_nothing_was_skipped()
    {
        using var results = new TempFolder();
        Assert.Equal("", (await ReportAsync(results.Path)).Trim());
        results.Write("one.trx", Results());
        Assert.Equal("", (await ReportAsync(results.Path)).Trim());
    }

    private static async Task<string> ReportAsync(string results)
    {
        var targets = Path.Combine(Repository.Root, "tests", "Skipped.targets");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "msbuild",
                targets,
                "-t:ReportSkipped",
                $"-p:TestResults={results}",
                "-nologo",
                "-v:minimal",
                "-nodeReuse:false",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    /// <summary>Results as `dotnet test` writes them.</summary>
    private static string Results(params string[] reasons) =>
        $"""
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
              <Results>
                <UnitTestResult testName="Passes" outcome="Passed" />
                {string.Concat(reasons.Select(Skipped))}
              </Results>
            </TestRun>
            """;

    private static string Skipped(string reason) =>
        $"""
            <UnitTestResult testName="Is skipped" outcome="NotExecuted">
              <Output><StdOut>{reason}</StdOut><ErrorInfo><Message>{reason}</Message></ErrorInfo></Output>
            </UnitTestResult>
            """;
}
