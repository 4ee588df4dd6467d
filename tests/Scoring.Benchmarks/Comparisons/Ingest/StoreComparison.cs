namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>The server against other stores that do the same work per event, in turns.</summary>
internal static class StoreComparison
{
    /// <summary>Fills both sides, then measures pairs.</summary>
    /// <param name="run">What to work with.</param>
    /// <param name="server">The server.</param>
    /// <param name="filler">The way in which the other store is filled soonest.</param>
    /// <param name="references">The other store, in several ways, each with the ratio to reach.</param>
    public static async Task RunAsync(
        ComparisonRun run,
        IEventStore server,
        IEventStore filler,
        IReadOnlyList<(IEventStore Store, Goal? Goal)> references
    )
    {
        var options = run.Options;
        await Phase.MeasureAsync(server, BatchSource.Everyone(options.Customers, types: 1));
        await Phase.MeasureAsync(filler, BatchSource.Everyone(options.Customers, types: 1));
        foreach (var (store, goal) in references)
        {
            List<(double, double)> pairs = [];
            for (var pair = 0; pair < options.Pairs; pair++)
            {
                var measured = await Phase.MeasureAsync(server, BatchSource.Random(options.Customers, options.Events));
                var reference = await Phase.MeasureAsync(
                    store,
                    BatchSource.Random(options.Customers, options.ReferenceEvents)
                );
                pairs.Add((measured.EventsPerSecond, reference.EventsPerSecond));
            }

            run.Report.Add(
                $"{server.Name}, {options.Customers:N0} customers, durable",
                "events/s",
                store.Name,
                goal,
                pairs
            );
        }
    }
}
