using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Scoring.Benchmarks.Comparisons.Ingest;

namespace Scoring.Benchmarks.Comparisons.Postgres;

/// <summary>PostgreSQL, by one prepared statement and transaction per batch.</summary>
/// <param name="postgres">Runs, with its tables.</param>
internal sealed class PostgresEvents(PostgresServer postgres) : IEventStore
{
    private const int Connections = 2;

    public string Name => $"PostgreSQL, upserts of 1,000 events, {Connections} connections";

    public IReadOnlyList<Process> Processes => [postgres.Process];

    public Task RecordAsync(BatchSource source) =>
        Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(source))));

    private async Task SendAsync(BatchSource source)
    {
        await using var connection = await postgres.Source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(PostgresSchema.Record, connection);
        var (events, customers, accounts, segments) = (Texts(), Texts(), Texts(), Texts());
        foreach (var column in (string[][])[events, customers, accounts, segments, Types()])
        {
            command.Parameters.Add(
                new NpgsqlParameter { Value = column, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }
            );
        }

        command.Parameters.Add(
            new NpgsqlParameter { Value = Weights(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double }
        );
        await command.PrepareAsync();
        var drawn = new int[Traffic.BatchSize];
        while (source.TryTake(drawn, out var firstEvent))
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                events[i] = Traffic.Event(firstEvent + i);
                customers[i] = Traffic.Customer(drawn[i]);
                accounts[i] = Traffic.Account(drawn[i]);
                segments[i] = Traffic.Segment(drawn[i]);
            }

            if (await command.ExecuteScalarAsync() is not (long)Traffic.BatchSize)
            {
                throw new InvalidOperationException("PostgreSQL did not take every event.");
            }
        }
    }

    private static string[] Texts() => new string[Traffic.BatchSize];

    private static string[] Types() =>
        [.. Enumerable.Range(0, Traffic.BatchSize).Select(place => Traffic.TypeAt(place).Name)];

    private static double[] Weights() =>
        [.. Enumerable.Range(0, Traffic.BatchSize).Select(place => Traffic.TypeAt(place).Weight)];
}
