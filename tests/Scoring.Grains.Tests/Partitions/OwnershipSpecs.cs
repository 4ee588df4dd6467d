using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Partitions;
using Scoring.Grains.Partitions;
using Scoring.Grains.Placement;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Partitions;

/// <summary>Where partitions are while silos come and go.</summary>
public sealed class OwnershipSpecs
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_partition_is_opened_exactly_once_and_where_it_is_at_home(int silos)
    {
        await using var cluster = await TestSilos.StartAsync(silos);

        await cluster.AllHomeAsync();
        // While silos come up one after the other what was opened moves, but is never taken from anybody.
        Assert.Empty(cluster.Store.TakenOver);
        Assert.All(cluster.Up, silo => Assert.InRange(cluster.CountOn(silo), 1, PartitionHomes.MostOf(64, silos)));
    }

    [Fact]
    public async Task The_partitions_of_a_silo_that_stops_go_over_to_the_others_before_it_has_gone()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var leaving = cluster.Up[1];

        await cluster.StopAsync(leaving);

        // At once: nobody had to find out.
        Assert.All(cluster.Partitions, partition => Assert.NotNull(cluster.OwnerOf(partition)));
        Assert.Empty(cluster.Store.TakenOver);
        await cluster.AllHomeAsync();
    }

    [Fact]
    public async Task The_partitions_of_a_silo_that_is_killed_open_elsewhere()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var killed = cluster.Up[2];
        var its = cluster.Partitions.Where(p => killed.SiloAddress.Equals(cluster.OwnerOf(p))).ToList();

        await cluster.KillAsync(killed);

        await cluster.AllOpenAsync();
        Assert.Equal(its, cluster.Store.TakenOver.Order());
        await cluster.AllHomeAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_share_and_the_others_go_on_meanwhile()
    {
        await using var cluster = await TestSilos.StartAsync(2);
        await cluster.AllHomeAsync();
        var before = cluster.Partitions.Select(cluster.OpeningsOf).ToList();
        var mostAway = 0;
        cluster.BeforeOpening = _ =>
        {
            var away = cluster.Partitions.Count(partition => cluster.OwnerOf(partition) is null);
            mostAway = Math.Max(mostAway, away);
            return Task.CompletedTask;
        };

        var joined = await cluster.JoinAsync();
        await cluster.AllHomeAsync();

        Assert.NotEqual(0, cluster.CountOn(joined));
        Assert.Empty(cluster.Store.TakenOver);
        var moved = cluster.Partitions.Count(partition => cluster.OpeningsOf(partition) > before[partition]);
        Assert.InRange(moved, 1, 64 / 2);
        // Two at a time from each of the two that were there.
        Assert.InRange(mostAway, 1, 4);
    }

    [Fact]
    public async Task A_partition_that_was_lost_is_opened_again_where_it_is_to_be()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var partition = new PartitionHash(cluster.Workspace, 64).Of("ada");
        var home = cluster.OwnerOf(partition);

        // Somebody that the cluster does not know of.
        var connection = cluster.Store.Connect();
        await using var other = cluster.HostOn(connection);
        await other.OpenPartitionAsync(partition, TestSilos.Cancellation);
        connection.IsCut = true;
        await Assert.ThrowsAsync<ScoringException>(() => cluster.RecordAsync(0, new Sample("ada")));

        await Until.TrueAsync(() => home!.Equals(cluster.OwnerOf(partition)));
        Assert.Equal(1, (await cluster.RecordAsync(0, new Sample("ada"))).Accepted);
    }

    [Fact]
    public async Task A_partition_that_cannot_be_opened_at_first_is_opened_later()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        await cluster.AllHomeAsync();
        var fails = true;
        cluster.BeforeOpening = _ =>
            Volatile.Read(ref fails) ? throw new IOException("The store does not answer.") : Task.CompletedTask;
        await cluster.ReleaseAsync(3);

        Volatile.Write(ref fails, false);
        var since = TimeProvider.System.GetTimestamp();

        await Until.TrueAsync(() => cluster.OwnerOf(3) is not null);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 4);
    }

    [Fact]
    public async Task Every_silo_is_told_at_once_that_a_partition_cannot_be_opened_and_why()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        await cluster.AllHomeAsync();
        cluster.BeforeOpening = _ => throw new StoreException("a blob of the store", "it is damaged.");
        await cluster.ReleaseAsync(3);

        foreach (var silo in new[] { 0, 1 })
        {
            var since = TimeProvider.System.GetTimestamp();
            var error = await Assert.ThrowsAnyAsync<Exception>(() =>
                cluster.GrainsOf(silo).GetGrain<IPartitionGrain>(3).WhereAsync()
            );

            Assert.Contains("a blob of the store: it is damaged.", error.Message, StringComparison.Ordinal);
            Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 8);
        }
    }
}
