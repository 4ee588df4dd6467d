using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Postgres;

/// <summary>The server against PostgreSQL.</summary>
internal static class PostgresComparison
{
    public static async Task RunAsync(ComparisonRun run)
    {
        var server = await ScoringServer.StartAsync(run.Workplace);
        var postgres = await PostgresServer.StartAsync(run.Workplace);
        await using (var create = postgres.Source.CreateCommand(PostgresSchema.Create))
        {
            await create.ExecuteNonQueryAsync();
        }

        var upserts = new PostgresEvents(postgres);
        await StoreComparison.RunAsync(
            run,
            new StreamedEvents([server], run.Options.Streams),
            upserts,
            [(upserts, null)]
        );
    }
}
