using Npgsql;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>How many connections a server has, which operators reckon <c>max_connections</c> from.</summary>
public sealed class ConnectionBudgetTests(PostgresServer server)
{
    // Appends, checkpoints, lease, and eight for reading.
    private const int OfStore = 11;
    private const int OfMembership = 2;

    private readonly string _database = server.NewDatabase();

    [Fact]
    public async Task A_server_has_eleven_connections_to_a_database_however_much_it_reads_and_writes()
    {
        int[] partitions = [.. Enumerable.Range(0, 64)];
        using var one = new TestServer(TestServer.Options(_database) with { Server = "budget" }, partitions.Length);
        one.Claim(partitions);
        one.Append([.. partitions.Select(partition => (partition, "entry"))]);
        one.Checkpoints.ReadState(0, out var version);
        Assert.True(one.Checkpoints.TryPutState(0, version + 1, "state"u8));
        using var ends = new CancellationTokenSource();
        var reading = partitions.Select(partition =>
            Task.Factory.StartNew(() => Read(partition), TaskCreationOptions.LongRunning)
        );
        var readers = Task.WhenAll(reading.ToArray());

        var most = await MostAsync("scoring budget %", expected: OfStore);

        await ends.CancelAsync();
        await readers;
        Assert.Equal(OfStore, most);

        void Read(int partition)
        {
            while (!ends.IsCancellationRequested)
            {
                Assert.Single(one.Read(partition));
            }
        }
    }

    [Fact]
    public async Task The_membership_has_two_connections_to_the_first_database()
    {
        var membership = PostgresStore.MembershipOf(_database);
        using var ends = new CancellationTokenSource();
        var asking = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync()));

        var most = await MostAsync("scoring membership", expected: OfMembership);

        await ends.CancelAsync();
        await asking;
        Assert.Equal(OfMembership, most);

        async Task AskAsync()
        {
            while (!ends.IsCancellationRequested)
            {
                // As Orleans does.
                await using var connection = new NpgsqlConnection(membership);
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await using var command = new NpgsqlCommand("SELECT 1", connection);
                await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>The most connections that were seen, until as many as expected were and for a while longer.</summary>
    private async Task<long> MostAsync(string application, int expected)
    {
        const int Longer = 100;
        var (most, looks) = (0L, 0);
        await Until.TrueAsync(() =>
        {
            most = Math.Max(
                most,
                PostgresServer.Ask<long>(
                    _database,
                    $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '{application}'"
                )
            );
            looks += most >= expected ? 1 : 0;
            return looks >= Longer;
        });
        return most;
    }
}
