using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>The README's first command, as a process, with the server that is built beside it.</summary>
public sealed class DemoSpecs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_demo_shows_what_an_operator_asks_and_leaves_nothing_behind()
    {
        var temporary = Directory.CreateTempSubdirectory("scoring-test-");

        var (exitCode, output, error) = await RunAsync(
            temporary.FullName,
            "demo",
            "--customers",
            "200",
            "--days",
            "45"
        );

        Assert.Equal(
            "",
            string.Join('\n', error.Split('\n').Where(line => line.StartsWith("scoring:", StringComparison.Ordinal)))
        );
        Assert.Equal(0, exitCode);
        string[] sections =
        [
            "How engaged is everybody?",
            "engagement index:",
            "Who are our champions, and why?",
            "Who is at risk, and why?",
            "Where do customers struggle?",
            "enterprise",
            "What tells those who fall from the others?",
            "Healthiest",
            "Sickest",
            "What if a complaint weighed twice as much?",
            "Fall most",
            "What next?",
        ];
        var at = 0;
        foreach (var section in sections)
        {
            var found = output.IndexOf(section, at, StringComparison.Ordinal);
            Assert.True(found >= at, $"'{section}' is not where it belongs in:\n{output}");
            at = found;
        }

        Assert.DoesNotContain('\u001b', output + error);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 120, line));
        Assert.Empty(temporary.GetFileSystemInfos());
        temporary.Delete(recursive: true);
    }

    [Fact]
    public async Task Shortly_after_midnight_the_demo_shows_how_sticky_the_complete_days_were()
    {
        var temporary = Directory.CreateTempSubdirectory("scoring-test-");

        var (exitCode, output, error) = await RunAsync(
            temporary.FullName,
            ["demo", "--customers", "200", "--days", "45", "--until", "2026-06-10T00:02:00Z"]
        );

        Assert.True(exitCode == 0, error);
        var shown = Regex.Match(
            output,
            @"stickiness: (?<complete>[\d.]+) % .* today so far (?<today>[\d.]+) %",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        Assert.True(shown.Success, output);
        Assert.InRange(double.Parse(shown.Groups["complete"].Value, CultureInfo.InvariantCulture), 10, 60);
        Assert.InRange(double.Parse(shown.Groups["today"].Value, CultureInfo.InvariantCulture), 0, 5);
        temporary.Delete(recursive: true);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string temporary,
        params string[] args
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "scoring.dll") },
            Environment = { ["TMPDIR"] = temporary, ["DOTNET_EnableDiagnostics"] = "0" },
        };
        Array.ForEach(args, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
