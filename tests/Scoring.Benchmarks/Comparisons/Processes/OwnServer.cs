using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Processes;

/// <summary>A server of this program, in a process of its own.</summary>
/// <param name="Process">The process.</param>
/// <param name="Addresses">What it says of where it listens.</param>
internal sealed record OwnServer(Process Process, IReadOnlyList<string> Addresses)
{
    /// <param name="workplace">Owns it.</param>
    /// <param name="command">The argument that makes this program serve, such as <c>serve-echo</c>.</param>
    public static async Task<OwnServer> StartAsync(Workplace workplace, string command)
    {
        var process = workplace.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [command])
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
