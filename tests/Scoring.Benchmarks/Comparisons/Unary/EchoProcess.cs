using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>The echo servers, in a process of their own.</summary>
/// <param name="Bare">The URL of the bare Kestrel endpoint.</param>
/// <param name="Grpc">The URL of the echo through Grpc.AspNetCore.</param>
internal sealed record EchoProcess(string Bare, string Grpc)
{
    public static async Task<EchoProcess> StartAsync(Workplace workplace)
    {
        var process = workplace.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["serve-echo"])
            {
                UseShellExecute = false,
                // It ends with its input.
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        );
        var addresses = (await process.StandardOutput.ReadLineAsync())!.Split(' ');
        return new EchoProcess(addresses[0], addresses[1]);
    }
}
