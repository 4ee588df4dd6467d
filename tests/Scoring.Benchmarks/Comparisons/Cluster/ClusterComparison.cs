using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>One and three silos on this machine beside the standalone edition, one after the other, each with the same load.</summary>
internal static class ClusterComparison
{
    private const int Silos = 3;
    private const int RecordsPerSecond = 300;
    private const int ReadsPerSecond = 900;

    public static async Task RunAsync(ComparisonRun run)
    {
        var table = new SideBySide();
        run.Report.Add(table);
        await MeasureAsync(run, table, await Edition.StandaloneAsync(run.Workplace));
        var postgres = await PostgresServer.StartAsync(run.Workplace);
        await MeasureAsync(run, table, await Edition.SilosAsync(run.Workplace, postgres, 1));
        await MeasureAsync(run, table, await Edition.SilosAsync(run.Workplace, postgres, Silos));
    }

    private static async Task MeasureAsync(ComparisonRun run, SideBySide table, Edition edition)
    {
        var customers = run.Options.SiloCustomers;
        var time = TimeSpan.FromSeconds(run.Options.Seconds);
        var load = new EditionLoad(edition, customers);
        var one = new EditionLoad(edition, 1);

        var half = customers / 2 / Traffic.BatchSize * Traffic.BatchSize;
        await WarmUpAsync();
        Add("RecordEvents, customers that are new", await load.RecordAsync(BatchSource.Each(half, customers - half)));
        await edition.RestartAsync();
        await WarmUpAsync();
        Add(
            "RecordEvents, customers that are not in memory",
            await load.RecordAsync(BatchSource.Each(half, customers - half))
        );
        Add("RecordEvents", await load.RecordAsync(Endless(customers), time));
        Add("StreamEvents", await load.StreamAsync(Endless(customers), time));
        Add("RecordEvent", await load.CallsAsync("RecordEvent", CallTemplate.RecordEvent, time));
        Add("GetScore", await load.CallsAsync("GetScore", CallTemplate.GetScore, time));
        AddTimes(
            $"RecordEvent at {RecordsPerSecond:N0} a second",
            await load.PacedAsync("RecordEvent", CallTemplate.RecordEvent, RecordsPerSecond, time)
        );
        AddTimes(
            $"GetScore at {ReadsPerSecond:N0} a second",
            await load.PacedAsync("GetScore", CallTemplate.GetScore, ReadsPerSecond, time)
        );
        AddTimes($"GetSegmentStats, {customers:N0} customers", await load.SegmentsAsync(run.Options.Calls));
        Add("StreamEvents, one customer", await one.StreamAsync(Endless(1), time / 2));
        Add("RecordEvent, one customer", await one.CallsAsync("RecordEvent", CallTemplate.RecordEvent, time / 2));
        Add(
            "RecordEvent, one customer, one call at a time",
            await one.CallsAsync("RecordEvent", CallTemplate.RecordEvent, time / 2, inFlight: 1, connections: 1)
        );
        await edition.EndAsync();

        // Half of the customers have the code compiled, little by little as it is slow until then; the other half is measured.
        async Task WarmUpAsync()
        {
            await load.CallsAsync("RecordEvent", CallTemplate.RecordEvent, TimeSpan.FromSeconds(2), inFlight: 4);
            await load.RecordAsync(BatchSource.Each(0, half), calls: 1);
        }

        void Add(string subject, EditionPhase phase)
        {
            table.Add(edition.Name, subject, "a second", phase.EventsPerSecond);
            table.Add(edition.Name, $"{subject}: processor time of the service", "µs", phase.ServerCost);
            table.Add(edition.Name, $"{subject}: processor time of PostgreSQL", "µs", phase.StoreCost);
        }

        void AddTimes(string subject, IReadOnlyList<double> times)
        {
            table.Add(edition.Name, $"{subject}: median", "ms", Figures.Median(times));
            table.Add(edition.Name, $"{subject}: p99", "ms", Figures.Quantile(times, 0.99));
        }
    }

    private static BatchSource Endless(int customers) => BatchSource.Random(customers, long.MaxValue / 2);
}
