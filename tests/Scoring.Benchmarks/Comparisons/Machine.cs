using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Scoring.Benchmarks.Comparisons.Postgres;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>Where and with what figures were taken.</summary>
internal static class Machine
{
    /// <summary>Lines of name and value; a tool that is not installed has none.</summary>
    /// <param name="command">What was typed.</param>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>> DescribeAsync(string command)
    {
        List<KeyValuePair<string, string>> lines =
        [
            new("command", command),
            new("date", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            new("processor", $"{Processor()}, {Environment.ProcessorCount} cores, {MemoryGigabytes():0} GB of memory"),
            new("system", $"{RuntimeInformation.OSDescription}, load {Load()} at the start"),
            new(".NET", RuntimeInformation.FrameworkDescription),
        ];
        foreach (var tool in (string[])["redis-server", PostgresServer.Program("postgres"), "h2load"])
        {
            if (await VersionAsync(tool) is { Length: > 0 } version)
            {
                lines.Add(new(Path.GetFileName(tool), version));
            }
        }

        return lines;
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static double MemoryGigabytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static async Task<string?> VersionAsync(string tool)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(tool, ["--version"]) { UseShellExecute = false, RedirectStandardOutput = true }
            )!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return output.Split('\n')[0].Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
