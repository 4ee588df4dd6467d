using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>How long GetScore takes while events arrive at half the rate at which they can be taken.</summary>
internal static class GetScoreWhileEventsArrive
{
    public static async Task RunAsync(ComparisonRun run, ScoringServer server, IEventStore store)
    {
        var options = run.Options;
        var reads = new PacedCalls("GetScore", CallTemplate.GetScore, options.Customers);
        List<double> idle = [];
        List<double> busy = [];
        List<double> rates = [];
        for (var round = 0; round < options.Pairs; round++)
        {
            var most = await Phase.MeasureAsync(store, BatchSource.Random(options.Customers, options.Events));
            rates.Add(most.EventsPerSecond / 2);
            await server.Process.UntilIdleAsync();
            idle.Add(await reads.SlowestPercentAsync(server));
            var events = BatchSource.Random(options.Customers, long.MaxValue / 2, new Pace(rates[^1]));
            busy.Add(await reads.SlowestPercentAsync(server, store, events));
            ComparisonRun.Say($"GetScore p99: {idle[^1]:0.00} ms, {busy[^1]:0.00} ms while events arrive");
        }

        run.Report.Add(
            $"GetScore p99 at {PacedCalls.PerSecond:N0} requests/s, nothing else going on",
            "ms",
            null,
            idle
        );
        run.Report.Add(
            $"GetScore p99 at {PacedCalls.PerSecond:N0} requests/s while {Figures.Median(rates):N0} events/s arrive, half the most",
            "ms",
            Goal.AtMost(2),
            busy
        );
    }
}
