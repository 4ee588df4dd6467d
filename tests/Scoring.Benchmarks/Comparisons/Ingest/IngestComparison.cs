using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Durable events, exactly once, in batches of 1,000: how many, and at what cost of processor and memory.</summary>
internal static class IngestComparison
{
    private const double EventsPerSecond = 1_000_000;
    private const int CallsInFlight = 16;

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        var server = await ScoringServer.StartAsync(run.Workplace);
        var empty = server.Process.ResidentBytes();
        var streamed = new StreamedEvents([server], options.Streams);
        var unary = new UnaryBatches([server], CallsInFlight);
        await Phase.MeasureAsync(streamed, BatchSource.Everyone(options.Customers, Traffic.Types.Length));
        await server.Process.UntilIdleAsync();
        var bytes = (double)(server.Process.ResidentBytes() - empty) / options.Customers;
        List<Phase> streams = [];
        List<Phase> calls = [];
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            streams.Add(await Phase.MeasureAsync(streamed, BatchSource.Random(options.Customers, options.Events)));
            calls.Add(await Phase.MeasureAsync(unary, BatchSource.Random(options.Customers, options.Events)));
        }

        foreach (var (store, phases) in new (IEventStore, List<Phase>)[] { (streamed, streams), (unary, calls) })
        {
            run.Report.Add(
                $"{store.Name}, batches of 1,000, {options.Customers:N0} customers, 8 types, durable",
                "events/s",
                Goal.AtLeast(EventsPerSecond),
                [.. phases.Select(phase => phase.EventsPerSecond)]
            );
            run.Report.Add(
                $"{store.Name}: processor time of the server",
                "µs/event",
                null,
                [.. phases.Select(phase => phase.StoreCost)]
            );
            run.Report.Add(
                $"{store.Name}: processor time of the load",
                "µs/event",
                null,
                [.. phases.Select(phase => phase.LoadCost)]
            );
        }

        run.Report.Add(
            $"Resident memory that {options.Customers:N0} customers with 8 types added, {Traffic.Types.Length} remembered event ids each",
            "bytes/customer",
            null,
            bytes
        );
    }
}
