using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Scale;

/// <summary>What a group commit takes of PostgreSQL's processor time.</summary>
/// <param name="Commit">Of each commit, in microseconds.</param>
/// <param name="Row">Of each row in it, in microseconds.</param>
/// <param name="Mebibyte">Of each MiB in its rows, in microseconds.</param>
/// <param name="Latency">Milliseconds from sending the smallest commit until it is on disk.</param>
internal sealed record CommitCosts(double Commit, double Row, double Mebibyte, double Latency)
{
    private const int ManyRows = 64;
    private const int FewBytes = 128;
    private const int ManyBytes = 16 * 1024;

    /// <summary>Measures them with the statement and the table that the store's log has.</summary>
    public static async Task<CommitCosts> MeasureAsync()
    {
        using var workplace = new Workplace();
        var postgres = await PostgresServer.StartAsync(workplace);
        await using var connection = await postgres.Source.OpenConnectionAsync();
        await using (var make = connection.CreateCommand())
        {
            make.CommandText = """
                CREATE TABLE log (
                    partition smallint NOT NULL, position bigint NOT NULL, count integer NOT NULL, epoch bigint NOT NULL,
                    next bigint NOT NULL, checksum bigint NOT NULL, content bytea NOT NULL, PRIMARY KEY (partition, position)
                ) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
                ALTER TABLE log ALTER content SET STORAGE EXTERNAL
                """;
            await make.ExecuteNonQueryAsync();
        }
        var log = new Log(connection, postgres.Process);
        await log.CommitAsync(ManyRows, FewBytes, times: 500);
        var (one, latency) = await log.CommitAsync(1, FewBytes, times: 4_000);
        var (rows, _) = await log.CommitAsync(ManyRows, FewBytes, times: 1_500);
        var (bytes, _) = await log.CommitAsync(ManyRows, ManyBytes, times: 400);
        var row = (rows - one) / (ManyRows - 1);
        var mebibyte = (bytes - rows) / (ManyRows * (ManyBytes - FewBytes) / (1024.0 * 1024));
        return new CommitCosts(one - row, row, mebibyte, latency);
    }

    private sealed class Log(NpgsqlConnection connection, Process postgres)
    {
        private long _position;

        /// <summary>Commits so often; gives microseconds of processor time and milliseconds of each.</summary>
        public async Task<(double Processor, double Took)> CommitAsync(int rows, int bytes, int times)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = """
                INSERT INTO log (partition, position, count, epoch, next, checksum, content)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING partition
                """;
            var positions = new long[rows];
            var ones = Enumerable.Repeat(1L, rows).ToArray();
            Add(Enumerable.Range(0, rows).Select(i => (short)i).ToArray(), NpgsqlDbType.Smallint);
            Add(positions, NpgsqlDbType.Bigint);
            Add(Enumerable.Repeat(1, rows).ToArray(), NpgsqlDbType.Integer);
            Add(ones, NpgsqlDbType.Bigint);
            Add(ones, NpgsqlDbType.Bigint);
            Add(ones, NpgsqlDbType.Bigint);
            Add(Enumerable.Range(0, rows).Select(_ => new byte[bytes]).ToArray(), NpgsqlDbType.Bytea);
            var (processor, since) = (postgres.ProcessorTime(), Stopwatch.GetTimestamp());
            for (var i = 0; i < times; i++)
            {
                Array.Fill(positions, ++_position);
                await command.ExecuteNonQueryAsync();
            }
            return (
                (postgres.ProcessorTime() - processor).TotalMicroseconds / times,
                Stopwatch.GetElapsedTime(since).TotalMilliseconds / times
            );

            void Add(Array values, NpgsqlDbType type) =>
                command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
        }
    }
}
