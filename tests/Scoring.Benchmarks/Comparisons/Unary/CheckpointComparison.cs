using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>How long RecordEvent takes under full load, while one checkpoint follows the other and without any.</summary>
internal static class CheckpointComparison
{
    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        var always = await StartAsync(run, "--CheckpointBytes=32MiB");
        var never = await StartAsync(run, "--CheckpointBytes=1024GiB", "--CheckpointInterval=1d");
        var writes = new PacedCalls("RecordEvent", CallTemplate.RecordEvent, options.Customers);
        List<double> with = [];
        List<double> without = [];
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            with.Add(await writes.SlowestPercentAsync(always.Server, always.Store, Events()));
            without.Add(await writes.SlowestPercentAsync(never.Server, never.Store, Events()));
            ComparisonRun.Say($"RecordEvent p99: {with[^1]:0.00} ms with checkpoints, {without[^1]:0.00} ms without");
        }

        const string Subject = "RecordEvent p99 under full load of StreamEvents";
        run.Report.Add($"{Subject}, no checkpoint", "ms", null, without);
        run.Report.Add(
            $"{Subject}: what checkpoints add, one after the other",
            "ms",
            Goal.AtMost(5),
            [.. with.Zip(without, (slow, fast) => slow - fast)]
        );

        BatchSource Events() => BatchSource.Random(options.Customers, long.MaxValue / 2);
    }

    private static async Task<(ScoringServer Server, IEventStore Store)> StartAsync(
        ComparisonRun run,
        params string[] settings
    )
    {
        var server = await ScoringServer.StartAsync(run.Workplace, settings);
        var store = new StreamedEvents(server, run.Options.Streams);
        await Phase.MeasureAsync(store, BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length));
        return (server, store);
    }
}
