using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Reads;

/// <summary>The time from the start of the process until the server listens, after it was killed with events that no checkpoint has.</summary>
internal static class RestartAfterCrash
{
    private static readonly string[] NoCheckpoint = ["--CheckpointBytes=1024GiB", "--CheckpointInterval=1d"];

    /// <summary>Measures it once.</summary>
    /// <param name="run">What to work with.</param>
    /// <param name="server">Runs and has all customers.</param>
    public static async Task RunAsync(ComparisonRun run, ScoringServer server)
    {
        var options = run.Options;
        await server.StopAsync();
        var afterStop = await server.StartAgainAsync(NoCheckpoint);
        var before = await EventsAsync(server);
        var phase = await Phase.MeasureAsync(
            new StreamedEvents([server], options.Streams),
            BatchSource.Random(options.Customers, options.JournalEvents)
        );
        await server.KillAsync();
        var afterCrash = await server.StartAgainAsync(NoCheckpoint);
        if (await EventsAsync(server) - before is var kept && kept != phase.Events)
        {
            throw new InvalidOperationException($"Of {phase.Events:N0} acknowledged events {kept:N0} are there.");
        }

        var customers = $"{options.Customers:N0} customers";
        run.Report.Add($"Start after a stop, {customers}", "s", null, afterStop.TotalSeconds);
        run.Report.Add(
            $"Start after SIGKILL, {customers} and {phase.Events:N0} events since the last checkpoint, files cached",
            "s",
            Goal.AtMost(5),
            afterCrash.TotalSeconds
        );
    }

    private static async Task<double> EventsAsync(ScoringServer server)
    {
        using var client = new ScoringClient(server.Address);
        var everyone = await client.Scoring.GetSegmentStatsAsync(
            new GetSegmentStatsRequest { IncludeEventTotals = true }
        );
        return everyone.EventTotals.Sum(total => total.EventCount);
    }
}
