using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Commits whose connection is cut, at each step; whatever became of them is found out, and is so once.</summary>
public sealed class CommitsInDoubtTests : IDisposable
{
    private const int Partitions = 4;
    private readonly PostgresServer _server;
    private readonly string _database;
    private readonly TcpProxy _proxy;

    public CommitsInDoubtTests(PostgresServer server)
    {
        (_server, _database) = (server, server.NewDatabase());
        _proxy = new(server.Socket);
    }

    [Theory]
    [CombinatorialCuts]
    public void A_commit_that_was_cut_off_is_there_once_when_it_is_settled(CutPoint point, bool isLarge)
    {
        using var owner = Start(_proxy.Through(_database));
        owner.Claim(0, 1);
        owner.Append((0, "a"), (1, "a"));
        // By now statements are prepared, and are sent at once.
        owner.Append((0, "b"), (1, "b"));
        var text = isLarge ? new string('c', 900_000) : "c";

        _proxy.CutNext("log", point);
        Assert.False(Assert.Throws<StoreFailure>(() => owner.Append((0, text), (1, "c"))).IsFull);
        Assert.True(_proxy.HasCut);
        Assert.Empty(owner.Settle());
        _proxy.DeliverLate();
        Assert.Empty(owner.Append((0, "d"), (1, "d")));

        Assert.Equal(["1 a", "2 b", $"3 {text}", "4 d"], owner.Read(0));
        Assert.Equal(["1 a", "2 b", "3 c", "4 d"], owner.Read(1));
    }

    [Theory]
    [InlineData(CutPoint.BeforeStatement)]
    [InlineData(CutPoint.BeforeAnswer)]
    [InlineData(CutPoint.LateStatement)]
    public void A_commit_in_doubt_whose_partition_was_claimed_meanwhile_is_not_appended_behind_its_owner(CutPoint point)
    {
        using var owner = Start(_proxy.Through(_database));
        owner.Claim(0, 1);
        owner.Append((0, "a"), (1, "a"));
        _proxy.CutNext("log", point);
        Assert.Throws<StoreFailure>(() => owner.Append((0, "b"), (1, "b")));
        using var later = Start(_database);
        later.Claim(0);
        later.ReadOn(0);
        while (later.Append((0, "later")) is { Count: > 0 })
        {
            later.ReadOn(0);
        }

        var fenced = owner.Settle();
        _proxy.DeliverLate();

        var isThere = point == CutPoint.BeforeAnswer;
        Assert.Equal(isThere ? [] : [0], fenced);
        Assert.Equal(isThere ? ["1 a", "2 b", "3 later"] : ["1 a", "2 later"], later.Read(0));
        Assert.Equal([0], owner.Append((0, "c"), (1, "c")));
        Assert.Equal(["1 a", "2 b", "3 c"], later.Read(1));
    }

    [Fact]
    public void What_is_told_not_to_be_there_does_not_come_late()
    {
        using var owner = Start(_proxy.Through(_database));
        owner.Claim(0, 1);
        owner.Append((0, "a"));
        _proxy.CutNext("log", CutPoint.LateStatement);
        Assert.Throws<StoreFailure>(() => owner.Append((0, "late")));
        using var later = Start(_database);
        later.Store.Ownership.Claim(0);

        // Nobody has taken its place yet, and it could still come; once that it does not is told, it must not.
        Assert.Equal([0], owner.Settle());
        _proxy.DeliverLate();
        Assert.Empty(owner.Append((1, "time goes by")));

        Assert.Equal(["1 a"], later.Read(0));
    }

    [Fact]
    public void As_long_as_the_database_cannot_be_reached_a_commit_stays_in_doubt()
    {
        using var owner = Start(_proxy.Through(_database));
        owner.Claim(0);
        _proxy.GoDown();
        Assert.Throws<StoreFailure>(() => owner.Append((0, "a")));

        Assert.Throws<StoreFailure>(owner.Settle);
        Assert.Throws<StoreFailure>(owner.Settle);
        _proxy.ComeUp();

        Assert.Empty(owner.Settle());
        Assert.Equal(["1 a"], owner.Read(0));
    }

    [Theory]
    [InlineData(CutPoint.BeforeStatement)]
    [InlineData(CutPoint.AfterStatement)]
    [InlineData(CutPoint.BeforeAnswer)]
    public void A_commit_that_stands_in_one_database_and_is_cut_off_in_the_other_is_settled_in_both(CutPoint point)
    {
        using var owner = Start(_database, _proxy.Through(_server.NewDatabase()));
        owner.Claim(0, 1, 2, 3);
        owner.Append((0, "a"), (1, "a"), (2, "a"));

        _proxy.CutNext("log", point);
        Assert.Throws<StoreFailure>(() => owner.Append((0, "b"), (1, "b"), (2, "b")));
        Assert.Empty(owner.Settle());
        Assert.Empty(owner.Append((0, "c"), (1, "c"), (2, "c")));

        foreach (var partition in (int[])[0, 1, 2])
        {
            Assert.Equal(["1 a", "2 b", "3 c"], owner.Read(partition));
        }
    }

    [Fact]
    public void What_a_database_has_forgotten_that_went_down_is_noticed_before_anything_is_appended_behind_it()
    {
        using var owner = Start(_proxy.Through(_database));
        owner.Claim(0, 1);
        owner.Append((0, "a"), (1, "a"));
        owner.Append((0, "b"));
        // As if it had gone down without having written what nobody waited for.
        PostgresServer.Execute(_database, "DELETE FROM scoring.log_1 WHERE partition = 0 AND position = 2");
        _proxy.CutNext("log", CutPoint.BeforeStatement);
        Assert.Throws<StoreFailure>(() => owner.Append((1, "b")));
        Assert.Empty(owner.Settle());

        var error = Assert.Throws<StoreException>(() => owner.Append((0, "c")));

        Assert.Contains("ends at entry 1 of partition 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_acknowledged_without_waiting_is_looked_for_before_a_checkpoint_relies_on_it()
    {
        using var owner = new TestServer(TestServer.Options(_database), Partitions, Durability.InOsCache);
        owner.Claim(0, 1);
        owner.Append((0, "a"), (1, "a"));
        owner.Log.Sync();
        owner.Append((0, "b"));
        PostgresServer.Execute(_database, "DELETE FROM scoring.log_1 WHERE partition = 0 AND position = 2");

        var failure = Assert.Throws<StoreFailure>(owner.Log.Sync);

        Assert.Contains("those behind 1 are lost", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _proxy.Dispose();

    private static TestServer Start(params string[] databases) =>
        new(TestServer.Options(databases) with { RotationBytes = 1 << 20 }, Partitions);
}
