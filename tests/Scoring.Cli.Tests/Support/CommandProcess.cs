using System.Diagnostics;

namespace Scoring.Cli.Tests.Support;

/// <summary>The command line as a process of its own: with an environment that no other test has.</summary>
internal static class CommandProcess
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        IReadOnlyDictionary<string, string> environment,
        params string[] args
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] all = [Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "scoring.dll"), .. args];
        Array.ForEach(all, start.ArgumentList.Add);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(token);
        var error = await process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return (process.ExitCode, await output, error);
    }
}
