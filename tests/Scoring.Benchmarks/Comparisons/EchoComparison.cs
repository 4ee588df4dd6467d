using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>A unary echo of 100 bytes through Grpc.AspNetCore and through a bare Kestrel endpoint, in one server process.</summary>
internal static class EchoComparison
{
    public static async Task RunAsync(ComparisonRun run)
    {
        var requests = run.Options.Requests;
        var server = await EchoProcess.StartAsync(run.Workplace);
        var load = new H2Load(run.Workplace);
        var body = await load.BodyAsync(Rpc.EchoRequest.Framed(100));
        await load.RunAsync(server.Bare, body, requests);
        await load.RunAsync(server.Grpc, body, requests);
        var pairs = new List<(double, double)>();
        for (var pair = 1; pair <= run.Options.Pairs; pair++)
        {
            var floor = await load.RunAsync(server.Bare, body, requests);
            var measured = await load.RunAsync(server.Grpc, body, requests);
            pairs.Add((measured, floor));
            ComparisonRun.Say($"echo {pair} of {run.Options.Pairs}: {measured:N0} of {floor:N0} requests/s");
        }

        run.Report.Add(
            "Unary echo through Grpc.AspNetCore, 64 in flight",
            "requests/s",
            "bare Kestrel endpoint",
            goal: null,
            pairs
        );
    }
}
