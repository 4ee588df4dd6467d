using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>A database that is killed without having written what nobody waited for, or that hangs.</summary>
public sealed class KilledDatabaseTests : IAsyncLifetime
{
    private const int Partitions = 1;
    private readonly PostgresServer _server = new();
    private string _database = "";

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        _database = _server.NewDatabase();
    }

    [Fact]
    public async Task What_the_database_lost_that_nobody_waited_for_stops_a_server_and_the_next_one_goes_on_before_it()
    {
        using var owner = new TestServer(TestServer.Options(_database), Partitions, Durability.InOsCache);
        owner.Claim(0);
        owner.Append((0, "safe"));
        owner.Log.Sync();
        for (var i = 0; i < 200; i++)
        {
            owner.Append((0, $"{i}"));
        }
        await _server.KillAsync();
        await _server.StartAsync();
        using var next = new TestServer(TestServer.Options(_database), Partitions, Durability.InOsCache);
        var there = next.Read(0);

        // Whether something is lost is up to the database; that nothing is appended behind a gap is not.
        if (there.Count < 201)
        {
            Assert.Throws<StoreFailure>(() => owner.Append((0, "after")));
            Assert.Throws<StoreException>(() => owner.Settle());
            Assert.Throws<StoreFailure>(owner.Log.Sync);
        }
        Assert.Equal("1 safe", there[0]);
        next.Claim(0);
        Assert.Empty(next.Append((0, "next")));
        Assert.Equal([.. there, $"{there.Count + 1} next"], next.Read(0));
    }

    [Fact]
    public async Task What_a_database_that_hangs_may_still_commit_stays_in_doubt_until_it_cannot()
    {
        using var owner = new TestServer(
            TestServer.Options(_database) with
            {
                CommandTimeout = TimeSpan.FromSeconds(1),
            },
            Partitions
        );
        owner.Claim(0);
        owner.Append((0, "a"));
        var process = PostgresServer.Ask<int>(
            _database,
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'scoring test log'"
        );
        PostgresServer.Signal("STOP", process);
        try
        {
            Assert.Throws<StoreFailure>(() => owner.Append((0, "b")));
            // Its session is there, and has the statement.
            Assert.Throws<StoreFailure>(owner.Settle);
        }
        finally
        {
            PostgresServer.Signal("CONT", process);
        }

        var settled = false;
        await Until.TrueAsync(() =>
        {
            try
            {
                Assert.Empty(owner.Settle());
                settled = true;
            }
            catch (StoreFailure)
            {
                // It is slow to end.
            }
            return settled;
        });
        Assert.Empty(owner.Append((0, "c")));
        Assert.Equal(["1 a", "2 b", "3 c"], owner.Read(0));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
