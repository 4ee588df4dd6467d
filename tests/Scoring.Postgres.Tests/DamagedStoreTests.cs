using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Journal;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>What is not as it was written is refused, with where it is.</summary>
public sealed class DamagedStoreTests(PostgresServer server)
{
    private readonly string _database = server.NewDatabase();

    [Theory]
    [InlineData("content = set_byte(content, 40, get_byte(content, 40) # 1)")]
    [InlineData("content = content || '\\x00'::bytea")]
    [InlineData("epoch = epoch + 1")]
    [InlineData("next = next + 1")]
    [InlineData("count = count + 1")]
    [InlineData("checksum = checksum + 1")]
    public void A_row_of_the_log_that_was_changed_is_refused(string change)
    {
        using var one = Filled();
        PostgresServer.Execute(_database, $"UPDATE scoring.log_1 SET {change} WHERE partition = 0 AND position = 2");

        var error = Assert.Throws<StoreException>(() => one.Read(0));

        Assert.Contains("scoring.log_1, partition 0, position 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("not the one that was written there", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, one.Read(1).Count);
    }

    [Fact]
    public void A_row_that_is_missing_is_noticed()
    {
        using var one = Filled();
        PostgresServer.Execute(_database, "DELETE FROM scoring.log_1 WHERE partition = 0 AND position = 2");

        var error = Assert.Throws<StoreException>(() => one.Read(0));

        Assert.Contains("entries 2 to 2 of partition 0 are missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_of_another_partition_or_place_is_refused()
    {
        using var one = Filled();
        PostgresServer.Execute(
            _database,
            "DELETE FROM scoring.log_1 WHERE partition = 0 AND position = 2; "
                + "UPDATE scoring.log_1 SET partition = 0 WHERE partition = 1 AND position = 2"
        );

        Assert.Throws<StoreException>(() => one.Read(0));
    }

    [Fact]
    public void Rows_of_another_store_are_refused()
    {
        using var one = Filled();
        using var other = new PostgresStore(TestServer.Options(_database));
        PostgresServer.Execute(_database, "UPDATE scoring.store SET identity = 8");
        using var log = other.OpenLog(8, Durability.OnDisk, new LogSpan[2]);

        Assert.Throws<StoreException>(() => TestFrames.Read(log, 0, after: 0));
        Assert.Throws<StoreException>(() => other.OpenCheckpoints().ReadState(0, out _));
        Assert.Throws<StoreException>(() => other.OpenCheckpoints().ReadDocument("store", out _));
        Assert.Throws<StoreException>(() => other.OpenLog(TestServer.Identity, Durability.OnDisk, new LogSpan[2]));
    }

    [Theory]
    [InlineData("UPDATE scoring.partition SET content = 'x' WHERE partition = 1")]
    [InlineData("UPDATE scoring.partition SET version = version + 1 WHERE partition = 1")]
    [InlineData("DELETE FROM scoring.partition WHERE partition = 1")]
    public void A_state_that_was_changed_is_refused(string change)
    {
        using var one = Filled();
        PostgresServer.Execute(_database, change);

        var error = Assert.Throws<StoreException>(() => one.Checkpoints.ReadState(1, out _));

        Assert.Contains("state of partition 1", error.Message, StringComparison.Ordinal);
        Assert.Equal("new"u8, one.Checkpoints.ReadState(0, out _));
    }

    [Fact]
    public void A_document_that_was_changed_is_refused()
    {
        using var one = Filled();
        PostgresServer.Execute(_database, "UPDATE scoring.document SET content = 'x'");

        Assert.Throws<StoreException>(() => one.Checkpoints.ReadDocument("store", out _));
    }

    private TestServer Filled()
    {
        var one = new TestServer(TestServer.Options(_database), partitions: 2);
        one.Claim(0, 1);
        foreach (var text in (string[])["a", "b", "c"])
        {
            one.Append((0, text), (1, text));
        }
        return one;
    }
}
