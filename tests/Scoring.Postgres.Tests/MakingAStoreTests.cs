using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>How a store comes to be, and what is no store of this build.</summary>
public sealed class MakingAStoreTests(PostgresServer server)
{
    private readonly string _database = server.NewDatabase();

    [Fact]
    public void Of_servers_that_start_at_the_same_time_one_makes_the_store_and_the_others_find_it()
    {
        var made = 0;
        Parallel.For(
            0,
            6,
            new ParallelOptions { MaxDegreeOfParallelism = 6 },
            number =>
            {
                using var store = Open(_database);
                if (!store.Exists())
                {
                    store.Make(
                        100 + number,
                        checkpoints =>
                        {
                            Interlocked.Increment(ref made);
                            TestServer.Fill(checkpoints, partitions: 2);
                        }
                    );
                }
                Assert.True(store.Exists());
            }
        );

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task A_store_that_is_there_in_all_databases_but_the_first_is_waited_for_while_somebody_makes_it()
    {
        var (first, second) = (_database, server.NewDatabase());
        using var store = Open(first, second);
        store.Make(7, checkpoints => TestServer.Fill(checkpoints, partitions: 2));
        PostgresServer.Execute(first, "ALTER SCHEMA scoring RENAME TO made");
        await using var maker = new NpgsqlConnection(first);
        await maker.OpenAsync(TestContext.Current.CancellationToken);
        await using var making = await maker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        StoreSchema.LockMaking(maker);
        await using (var command = new NpgsqlCommand("ALTER SCHEMA made RENAME TO scoring", maker))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var exists = Task.Run(store.Exists, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() =>
            PostgresServer.Ask<bool>(
                first,
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
        );
        await making.CommitAsync(TestContext.Current.CancellationToken);

        Assert.True(await exists);
    }

    [Fact]
    public void A_store_whose_making_was_cut_short_is_not_there()
    {
        using var store = Open(_database);
        Assert.Throws<StoreFailure>(() => store.Make(7, _ => throw new StoreFailure("A test wants it so.")));
        Assert.False(store.Exists());

        store.Make(8, checkpoints => TestServer.Fill(checkpoints, partitions: 2));

        Assert.True(store.Exists());
        Assert.Equal(8, store.OpenCheckpoints().Identity);
    }

    [Fact]
    public void The_tables_of_an_earlier_build_are_refused_and_left_alone()
    {
        PostgresServer.Execute(_database, "CREATE TABLE scoring_customer (id text)");
        using var store = Open(_database);

        var error = Assert.Throws<StoreException>(() => store.Exists());

        Assert.Contains("tables of an earlier build", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, PostgresServer.Ask<long>(_database, "SELECT count(*) FROM scoring_customer"));
    }

    [Fact]
    public void Another_layout_is_refused_with_what_to_do()
    {
        using var store = Open(_database);
        store.Make(7, checkpoints => TestServer.Fill(checkpoints, partitions: 2));
        PostgresServer.Execute(_database, "UPDATE scoring.store SET layout = 99");

        var error = Assert.Throws<StoreException>(() => store.Exists());

        Assert.Contains("layout 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Databases_must_be_named_as_the_store_was_made_with_them()
    {
        string[] databases = [_database, server.NewDatabase(), server.NewDatabase()];
        using (var store = Open(databases))
        {
            store.Make(7, checkpoints => TestServer.Fill(checkpoints, partitions: 4));
            Assert.True(store.Exists());
        }

        foreach (
            var wrong in (string[][])
                [
                    [databases[0], databases[1]],
                    [databases[0], databases[2], databases[1]],
                    [databases[1], databases[0], databases[2]],
                    [databases[0], databases[1], server.NewDatabase()],
                    [server.NewDatabase(), databases[1], databases[2]],
                ]
        )
        {
            using var store = Open(wrong);
            Assert.Throws<StoreException>(() => store.Exists());
        }
    }

    [Fact]
    public void A_database_that_cannot_be_reached_says_so()
    {
        using var store = Open("Host=127.0.0.1;Port=1;Username=nobody;Database=none");

        var error = Assert.Throws<StoreException>(() => store.Exists());

        Assert.Contains("PostgreSQL 127.0.0.1, database none", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lease")]
    [InlineData("Server")]
    [InlineData("RotationBytes")]
    [InlineData("CommandTimeout")]
    [InlineData("Databases")]
    public void Settings_out_of_their_range_are_refused_by_name(string setting)
    {
        var options = TestServer.Options(_database);
        var wrong = setting switch
        {
            "Lease" => options with { Lease = TimeSpan.Zero },
            "Server" => options with { Server = "" },
            "RotationBytes" => options with { RotationBytes = 1 },
            "CommandTimeout" => options with { CommandTimeout = TimeSpan.Zero },
            _ => options with { Databases = [] },
        };

        var error = Assert.Throws<ArgumentException>(() => new PostgresStore(wrong));

        Assert.Contains($"The setting {setting} ", error.Message, StringComparison.Ordinal);
    }

    private static PostgresStore Open(params string[] databases) => new(TestServer.Options(databases));
}
