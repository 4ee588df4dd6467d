using Microsoft.Extensions.Time.Testing;
using Scoring.Engine;
using Scoring.Engine.Storage;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>Who may answer for a partition, and until when. Each server has a clock of its own, which the test moves.</summary>
public sealed class PartitionOwnershipTests : IDisposable
{
    private const int Partitions = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private readonly PostgresServer _server;
    private readonly string _database;
    private readonly TcpProxy _proxy;
    private readonly FakeTimeProvider _clock = new();

    public PartitionOwnershipTests(PostgresServer server)
    {
        (_server, _database) = (server, server.NewDatabase());
        _proxy = new(server.Socket);
        using var store = Open(_database);
        store.Make(TestServer.Identity, checkpoints => TestServer.Fill(checkpoints, Partitions));
    }

    [Fact]
    public void A_partition_is_held_once_it_is_claimed_and_until_it_is_released()
    {
        using var store = Open(_database);
        var mine = store.Ownership;
        Assert.True(mine.IsShared);
        Assert.False(mine.Holds(1));

        Assert.Equal(new Claim(1, TimeSpan.Zero), mine.Claim(1));
        Assert.True(mine.Holds(1));
        Assert.False(mine.Holds(2));

        mine.Release(1);
        Assert.False(mine.Holds(1));
    }

    [Fact]
    public void Every_claim_has_a_larger_number_and_to_take_ones_own_needs_no_wait()
    {
        using var store = Open(_database);

        Assert.Equal(new Claim(1, TimeSpan.Zero), store.Ownership.Claim(0));
        Assert.Equal(new Claim(2, TimeSpan.Zero), store.Ownership.Claim(0));
        Assert.Equal(new Claim(1, TimeSpan.Zero), store.Ownership.Claim(1));
    }

    [Fact]
    public void Whoever_follows_waits_for_as_long_as_the_one_before_may_answer()
    {
        using var first = Open(_database);
        using var second = Open(_database);
        first.Ownership.Claim(0);

        var claim = second.Ownership.Claim(0);

        Assert.Equal(2, claim.Epoch);
        // What is left of the lease by the database's clock, and a tenth of it for clocks that differ.
        Assert.InRange(claim.Wait, Lease * 0.9, Lease * 1.1);
    }

    [Fact]
    public void Nobody_waits_for_a_partition_that_was_released_or_whose_server_has_left()
    {
        using var first = Open(_database);
        using var second = Open(_database);
        first.Ownership.Claim(0);
        first.Ownership.Claim(1);
        first.Ownership.Release(0);

        Assert.Equal(new Claim(2, TimeSpan.Zero), second.Ownership.Claim(0));
        first.Dispose();
        Assert.Equal(new Claim(2, TimeSpan.Zero), second.Ownership.Claim(1));
    }

    [Fact]
    public void Nobody_waits_for_a_lease_that_has_expired()
    {
        using var first = Open(_database);
        using var second = Open(_database);
        first.Ownership.Claim(0);
        PostgresServer.Execute(_database, "UPDATE scoring.server SET until = clock_timestamp() - interval '1 minute'");

        Assert.Equal(TimeSpan.Zero, second.Ownership.Claim(0).Wait);
    }

    [Fact]
    public void Who_claims_twice_in_doubt_or_is_followed_at_once_makes_nobody_wait_less()
    {
        using var first = Open(_database);
        using var second = Open(_proxy.Through(_database));
        using var third = Open(_database);
        first.Ownership.Claim(0);
        second.Ownership.Claim(1);
        _proxy.CutNext("lease", CutPoint.BeforeAnswer);
        Assert.Throws<StoreFailure>(() => second.Ownership.Claim(0));
        Assert.False(second.Ownership.Holds(0));

        // The row says by now that it is its own.
        Assert.InRange(second.Ownership.Claim(0).Wait, Lease * 0.9, Lease * 1.1);
        second.Ownership.Release(0);
        Assert.InRange(third.Ownership.Claim(0).Wait, Lease * 0.9, Lease * 1.1);
    }

    [Fact]
    public void The_lease_is_renewed_as_time_goes_on()
    {
        using var store = Open(_database);
        store.Ownership.Claim(0);

        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(Lease / 3);
            Assert.True(store.Ownership.Holds(0));
        }
    }

    [Fact]
    public void A_lease_that_cannot_be_renewed_expires_and_is_held_again_after_the_next_renewal()
    {
        using var store = Open(_proxy.Through(_database));
        store.Ownership.Claim(0);
        _proxy.GoDown();

        _clock.Advance(Lease * 0.9);
        Assert.True(store.Ownership.Holds(0));
        _clock.Advance(Lease * 0.1);
        Assert.False(store.Ownership.Holds(0));

        _proxy.ComeUp();
        _clock.Advance(Lease / 3);
        Assert.True(store.Ownership.Holds(0));
    }

    [Fact]
    public void A_lease_of_any_database_is_not_longer_before_its_holder_has_read_what_others_may_have_changed_meanwhile()
    {
        using var store = OpenTwo(_server.NewDatabase(), _server.NewDatabase());
        var reads = 0;
        Exception? fault = null;
        store.Ownership.Renewing = () => _ = fault is null ? ++reads : throw fault;
        store.Ownership.Claim(0);
        store.Ownership.Claim(1);
        Assert.Equal(2, reads);
        _clock.Advance(Lease / 3);
        Assert.Equal(4, reads);

        fault = new StoreException("the models", "cannot be read");
        _clock.Advance(Lease);
        Assert.False(store.Ownership.Holds(0));
        Assert.False(store.Ownership.Holds(1));
        Assert.Throws<StoreFailure>(() => store.Ownership.Claim(2));
        // One that nobody expects ends no process.
        fault = new InvalidOperationException();
        _clock.Advance(Lease);
        Assert.False(store.Ownership.Holds(0));

        fault = null;
        _clock.Advance(Lease / 3);
        Assert.True(store.Ownership.Holds(0));
        Assert.True(store.Ownership.Holds(1));
    }

    [Fact]
    public void A_lease_counts_from_before_its_renewal_was_sent()
    {
        using var store = Open(_proxy.Through(_database));
        store.Ownership.Claim(0);
        // The database renews it, and the answer never comes.
        _proxy.CutNext("lease", CutPoint.BeforeAnswer);
        _clock.Advance(Lease / 3);
        _proxy.GoDown();

        _clock.Advance(Lease * 2 / 3);

        Assert.False(store.Ownership.Holds(0));
    }

    [Fact]
    public void A_partition_that_somebody_else_has_claimed_is_not_held_after_the_next_renewal_and_the_others_are()
    {
        using var first = Open(_database);
        using var second = Open(_database);
        first.Ownership.Claim(0);
        first.Ownership.Claim(1);
        second.Ownership.Claim(0);

        _clock.Advance(Lease / 3);

        Assert.False(first.Ownership.Holds(0));
        Assert.True(first.Ownership.Holds(1));
        Assert.True(second.Ownership.Holds(0));
    }

    [Fact]
    public void Where_one_database_is_cut_off_the_partitions_of_the_others_are_held_on()
    {
        using var store = OpenTwo(_server.NewDatabase(), _proxy.Through(_server.NewDatabase()));
        store.Ownership.Claim(0);
        store.Ownership.Claim(1);
        _proxy.GoDown();

        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(Lease / 3);
        }

        Assert.True(store.Ownership.Holds(0));
        Assert.False(store.Ownership.Holds(1));
    }

    [Fact]
    public async Task A_renewal_waits_for_a_claim_that_is_under_way_and_then_tells_of_it()
    {
        using var first = Open(_database);
        first.Ownership.Claim(0);
        first.Ownership.Claim(1);
        await using var claiming = await Transaction.BeginAsync(
            _database,
            "SELECT FROM scoring.server FOR SHARE; UPDATE scoring.partition SET epoch = epoch + 1 WHERE partition = 0"
        );

        var renewal = Task.Run(() => _clock.Advance(Lease / 3), TestContext.Current.CancellationToken);
        await SomebodyWaitsAsync();
        await claiming.CommitAsync();
        await renewal;

        Assert.False(first.Ownership.Holds(0));
        Assert.True(first.Ownership.Holds(1));
    }

    [Fact]
    public async Task A_claim_waits_for_a_renewal_that_is_under_way_and_knows_how_far_it_reaches()
    {
        using var first = Open(_database);
        using var second = Open(_database);
        first.Ownership.Claim(0);
        second.Ownership.Claim(1);
        await using var renewing = await Transaction.BeginAsync(
            _database,
            "UPDATE scoring.server SET until = until + interval '5 minutes' "
                + "WHERE incarnation = (SELECT owner FROM scoring.partition WHERE partition = 0)"
        );

        var claim = Task.Run(() => second.Ownership.Claim(0), TestContext.Current.CancellationToken);
        await SomebodyWaitsAsync();
        await renewing.CommitAsync();

        Assert.InRange((await claim).Wait, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6));
    }

    public void Dispose() => _proxy.Dispose();

    private Task SomebodyWaitsAsync() =>
        Until.TrueAsync(() =>
            PostgresServer.Ask<long>(
                _database,
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ) > 0
        );

    /// <summary>A store in two databases: even partitions are in the first.</summary>
    private PostgresStore OpenTwo(string first, string second)
    {
        var store = Open(first, second);
        store.Make(TestServer.Identity, checkpoints => TestServer.Fill(checkpoints, Partitions));
        return store;
    }

    private PostgresStore Open(params string[] databases) =>
        new(TestServer.Options(databases) with { Lease = Lease, TimeProvider = _clock });
}
