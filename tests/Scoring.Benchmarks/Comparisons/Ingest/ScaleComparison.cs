using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>What an event costs with many customers, against what it costs with 10,000.</summary>
internal static class ScaleComparison
{
    private const int Few = 10_000;

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        var many = new StreamedEvents([await ScoringServer.StartAsync(run.Workplace)], options.Streams);
        var few = new StreamedEvents([await ScoringServer.StartAsync(run.Workplace)], options.Streams);
        await Phase.MeasureAsync(many, BatchSource.Everyone(options.Customers, Traffic.Types.Length));
        await Phase.MeasureAsync(few, BatchSource.Everyone(Few, Traffic.Types.Length));
        // Warms up the code, which so few customers do not.
        await Phase.MeasureAsync(few, BatchSource.Random(Few, options.Events));
        List<(double, double)> pairs = [];
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            var costOfMany = await Phase.MeasureAsync(many, BatchSource.Random(options.Customers, options.Events));
            var costOfFew = await Phase.MeasureAsync(few, BatchSource.Random(Few, options.Events));
            pairs.Add((costOfMany.StoreCost, costOfFew.StoreCost));
        }

        run.Report.Add(
            $"Processor time of the server, {options.Customers:N0} customers",
            "µs/event",
            $"{Few:N0} customers",
            Goal.AtMost(2),
            pairs
        );
    }
}
