using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>The echo servers, in a process of their own.</summary>
/// <param name="Bare">The URL of the bare Kestrel endpoint.</param>
/// <param name="Grpc">The URL of the echo through Grpc.AspNetCore.</param>
internal sealed record EchoProcess(string Bare, string Grpc)
{
    public static async Task<EchoProcess> StartAsync(Workplace workplace)
    {
        var server = await OwnServer.StartAsync(workplace, Environment.ProcessPath!, "serve-echo");
        return new EchoProcess(server.Addresses[0], server.Addresses[1]);
    }
}
