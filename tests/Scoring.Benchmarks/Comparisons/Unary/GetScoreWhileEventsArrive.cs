using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>How long GetScore takes while events arrive at half the rate at which they can be taken.</summary>
internal static class GetScoreWhileEventsArrive
{
    private const int PerSecond = 2_000;
    private const int Seconds = 10;

    public static async Task RunAsync(ComparisonRun run, ScoringServer server, IEventStore store, string score)
    {
        var options = run.Options;
        var most = await Phase.MeasureAsync(store, BatchSource.Random(options.Customers, options.Events));
        var half = most.EventsPerSecond / 2;
        List<double> idle = [];
        List<double> busy = [];
        for (var round = 0; round < options.Pairs; round++)
        {
            await server.Process.UntilIdleAsync();
            idle.Add(await SlowestPercentAsync(run, server, score));
            // A little longer than the reads, so that events arrive during all of them.
            var events = BatchSource.Random(options.Customers, (long)(half * (Seconds + 2)), new Pace(half));
            var arriving = Phase.MeasureAsync(store, events);
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            busy.Add(await SlowestPercentAsync(run, server, score));
            ComparisonRun.Say($"GetScore p99: {idle[^1]:0.00} ms, {busy[^1]:0.00} ms while events arrive");
            await arriving;
        }

        run.Report.Add($"GetScore p99 at {PerSecond:N0} requests/s, nothing else going on", "ms", null, idle);
        run.Report.Add(
            $"GetScore p99 at {PerSecond:N0} requests/s while {half:N0} events/s arrive, half the most",
            "ms",
            Goal.AtMost(2),
            busy
        );
    }

    private static async Task<double> SlowestPercentAsync(ComparisonRun run, ScoringServer server, string score)
    {
        var times = await new H2Load(run.Workplace).TimesAsync(
            UnaryComparison.Url(server, "GetScore"),
            score,
            PerSecond * Seconds,
            PerSecond,
            Path.Combine(run.Workplace.NewDirectory(), "times")
        );
        return Figures.Quantile(times, 0.99);
    }
}
