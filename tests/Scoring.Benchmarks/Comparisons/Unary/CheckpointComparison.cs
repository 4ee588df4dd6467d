using System.Diagnostics;
using System.Globalization;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>
/// How long RecordEvent takes under full load while a checkpoint is written, against the time just before it in the same run: such a pair lasts
/// seconds, in which the machine hardly drifts, and there are many.
/// </summary>
internal static class CheckpointComparison
{
    private const int SecondsPerPair = 50;
    private const int FewestCalls = 500;

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        // About as much journal as makes the time between two checkpoints as long as a checkpoint with its rests. By default, at the full
        // rate, one follows the other at once, and there is no time without to compare with.
        var server = await ScoringServer.StartAsync(run.Workplace, "--CheckpointBytes=3GiB");
        var store = new StreamedEvents([server], options.Streams);
        await Phase.MeasureAsync(store, BatchSource.Everyone(options.Customers, Traffic.Types.Length));
        var writes = new PacedCalls(
            "RecordEvent",
            CallTemplate.RecordEvent,
            options.Customers,
            seconds: SecondsPerPair * options.Pairs
        );
        var watch = new CheckpointWatch(server.DataDirectory);
        var calls = await writes.RunAsync(server, store, BatchSource.Random(options.Customers, long.MaxValue / 2));
        var pairs = Pairs(watch.Stop(), calls);
        if (pairs.Count == 0)
        {
            throw new InvalidOperationException("Too few checkpoints were written to say anything; raise --pairs.");
        }

        double[] added = [.. pairs.Select(pair => pair.During - pair.Before)];
        var (low, high) = (Figures.Quantile(added, 0.25), Figures.Quantile(added, 0.75));
        const string Subject = "RecordEvent p99 under full load of StreamEvents";
        run.Report.Add($"{Subject}, no checkpoint", "ms", null, [.. pairs.Select(pair => pair.Before)]);
        run.Report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Subject}: what a checkpoint adds, {added.Length} pairs, half of them {low:0.0} to {high:0.0} ms"
            ),
            "ms",
            Goal.AtMost(5),
            added
        );
        run.Report.Add("Time of a checkpoint under full load", "s", null, [.. pairs.Select(pair => pair.Seconds)]);
    }

    /// <summary>The p99 during each checkpoint and since the one before, where there were calls enough for either.</summary>
    private static List<Pair> Pairs(
        IReadOnlyList<(long From, long To)> checkpoints,
        IReadOnlyList<(long Sent, double Took)> calls
    )
    {
        List<Pair> pairs = [];
        for (var i = 1; i < checkpoints.Count; i++)
        {
            var (from, to) = checkpoints[i];
            var before = Between(checkpoints[i - 1].To, from);
            var during = Between(from, to);
            if (before.Length >= FewestCalls && during.Length >= FewestCalls)
            {
                pairs.Add(
                    new(
                        Figures.Quantile(before, 0.99),
                        Figures.Quantile(during, 0.99),
                        Stopwatch.GetElapsedTime(from, to).TotalSeconds
                    )
                );
                ComparisonRun.Say($"RecordEvent p99: {pairs[^1]}");
            }
        }

        return pairs;

        double[] Between(long from, long to) =>
            [.. calls.Where(call => call.Sent >= from && call.Sent < to).Select(call => call.Took)];
    }

    private readonly record struct Pair(double Before, double During, double Seconds)
    {
        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Before:0.00} ms before, {During:0.00} ms during a checkpoint of {Seconds:0.00} s"
            );
    }
}
