using System.Diagnostics;
using Scoring.Benchmarks.Rpc;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>A unary echo of 100 bytes through Scoring.Rpc and through a bare Kestrel endpoint, in one server process.</summary>
internal static class EchoComparison
{
    private const int Pairs = 10;
    private const int Requests = 300_000;

    public static async Task RunAsync(Report report)
    {
        var body = Path.GetTempFileName();
        using var server = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["serve-echo"])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            await File.WriteAllBytesAsync(body, EchoRequest.Framed(100));
            var addresses = (await server.StandardOutput.ReadLineAsync())!.Split(' ');
            var (bare, rpc) = (addresses[0], addresses[1]);
            await H2Load.RunAsync(bare, body, Requests);
            await H2Load.RunAsync(rpc, body, Requests);
            var pairs = new List<(double, double)>();
            for (var pair = 0; pair < Pairs; pair++)
            {
                var floor = await H2Load.RunAsync(bare, body, Requests);
                var measured = await H2Load.RunAsync(rpc, body, Requests);
                pairs.Add((measured, floor));
                Console.Error.WriteLine($"echo {pair + 1} of {Pairs}: {measured:N0} of {floor:N0} requests/s");
            }

            report.Add("Unary echo through Scoring.Rpc", "requests/s", "a bare Kestrel endpoint", 0.85, pairs);
        }
        finally
        {
            // It ends with its input.
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            File.Delete(body);
        }
    }
}
