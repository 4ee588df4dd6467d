using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>A server of the benchmarks, in a process of its own.</summary>
/// <param name="Process">The process.</param>
/// <param name="Addresses">What it says of where it listens.</param>
internal sealed record OwnServer(Process Process, IReadOnlyList<string> Addresses)
{
    /// <param name="workplace">Owns it.</param>
    /// <param name="program">Serves, and says where.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<OwnServer> StartAsync(Workplace workplace, string program, params string[] arguments)
    {
        var process = workplace.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                // It ends with its input.
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        );
        return new OwnServer(process, (await process.StandardOutput.ReadLineAsync())!.Split(' '));
    }
}
