using Npgsql;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Cluster.Tests.Processes;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Storage;

/// <summary>What keeps a migration from beginning beside silos, when PostgreSQL ends its connections.</summary>
public sealed class StoreClaimSpecs(PostgresServer postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_whose_connections_were_ended_keep_a_migration_away_again()
    {
        await using var cluster = new ThreeSilos(postgres);
        await cluster.InitializeAsync();
        await using var source = NpgsqlDataSource.Create(cluster.Connection);
        for (var time = 0; time < 2; time++)
        {
            var ended = await EndClaimsAsync(source);
            Assert.Equal(3, ended.Count);

            while (await ClaimsAsync(source) is var claims && (claims.Count < 3 || claims.Overlaps(ended)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
            }
        }
        await using var mover = await source.OpenConnectionAsync(Cancellation);

        Assert.False(await StoreClaim.TryTakeAsync(mover, Cancellation));
        Assert.False(cluster.Service<Hosting.StoreClaimKeeper>(0).MustStop.IsCompleted);
    }

    [Fact]
    public async Task A_silo_that_finds_a_migration_begun_stops_and_says_why()
    {
        var connection = await postgres.NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(connection);
        await using var mover = await source.OpenConnectionAsync(Cancellation);
        await using var silo = await SiloProcess.StartAsync(connection);
        // Waits, and has it as soon as the silo has lost it.
        var taking = TakeAsync(mover);
        while (!await IsWaitingAsync(source))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Cancellation);
        }

        Assert.Single(await EndClaimsAsync(source));
        await taking;

        Assert.Equal(1, await silo.WaitForExitAsync());
        Assert.Contains("Stopped with an error: The connection that holds this silo's claim", silo.Log);
        Assert.Contains("'scoring migrate' is moving", silo.Log);
    }

    [Fact]
    public async Task A_silo_that_must_be_alone_is_refused_beside_others_and_they_beside_it()
    {
        var connection = await postgres.NewDatabaseAsync();
        await using (await SiloProcess.StartAsync(connection))
        {
            await RefusedAsync(connection, "--Silo:Clustering=localhost", "Another silo uses this database");
        }
        await using (await SiloProcess.StartAsync(connection, "", "--Silo:Clustering=localhost"))
        {
            await RefusedAsync(connection, "--Silo:Clustering=localhost", "Another silo uses this database");
            await RefusedAsync(connection, "--Silo:Clustering=postgres", "A silo with Silo:Clustering=localhost uses");
        }
    }

    private static async Task RefusedAsync(string connection, string setting, string words)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SiloProcess.StartAsync(connection, "", setting)
        );
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    private static async Task TakeAsync(NpgsqlConnection mover)
    {
        await using var command = mover.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_lock({StoreClaim.Lock})";
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static async Task<bool> IsWaitingAsync(NpgsqlDataSource source) =>
        (await PidsAsync(source, $"SELECT pid FROM pg_locks WHERE NOT granted AND {OfThisDatabase}")).Count > 0;

    private static Task<HashSet<int>> ClaimsAsync(NpgsqlDataSource source) => PidsAsync(source, Claims);

    private static Task<HashSet<int>> EndClaimsAsync(NpgsqlDataSource source) =>
        PidsAsync(
            source,
            $"WITH claims AS MATERIALIZED ({Claims}) SELECT pid FROM claims WHERE pg_terminate_backend(pid)"
        );

    private const string OfThisDatabase =
        "locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private const string Claims = $"SELECT pid FROM pg_locks WHERE granted AND mode = 'ShareLock' AND {OfThisDatabase}";

    private static async Task<HashSet<int>> PidsAsync(NpgsqlDataSource source, string question)
    {
        await using var command = source.CreateCommand(question);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var pids = new HashSet<int>();
        while (await reader.ReadAsync(Cancellation))
        {
            pids.Add(reader.GetInt32(0));
        }
        return pids;
    }
}
