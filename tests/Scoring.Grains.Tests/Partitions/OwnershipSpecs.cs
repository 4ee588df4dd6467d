using Scoring.Engine;
using Scoring.Grains.Partitions;
using Scoring.Grains.Placement;
using Scoring.Grains.Tests.Fakes;

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
        for (var silo = 0; silo < silos; silo++)
        {
            await cluster.Service<PartitionReadiness>(silo).WaitAsync(TestSilos.Cancellation);
        }

        // While silos come up one after the other what was opened moves, but is never taken from anybody.
        Assert.All(cluster.Store.Partitions, partition => Assert.Equal(0, partition.TakeOvers));
        Assert.All(
            cluster.Up,
            silo => Assert.InRange(cluster.Store.OpenOn(silo.SiloAddress).Length, 1, PartitionHomes.MostOf(64, silos))
        );
    }

    [Fact]
    public async Task The_partitions_of_a_silo_that_stops_go_over_to_the_others_before_it_has_gone()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var leaving = cluster.Up[1];

        await cluster.StopAsync(leaving);

        // At once: nobody had to find out.
        Assert.All(cluster.Store.Partitions, partition => Assert.NotNull(partition.Owner));
        Assert.Empty(cluster.Store.OpenOn(leaving.SiloAddress));
        Assert.All(cluster.Store.Partitions, partition => Assert.Equal(0, partition.TakeOvers));
        await cluster.AllHomeAsync();
    }

    [Fact]
    public async Task The_partitions_of_a_silo_that_is_killed_open_elsewhere()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var killed = cluster.Up[2];
        var its = cluster.Store.OpenOn(killed.SiloAddress);

        await cluster.KillAsync(killed);

        await cluster.AllOpenAsync();
        Assert.All(its, partition => Assert.Equal(1, cluster.Store.Partitions[partition].TakeOvers));
        await cluster.AllHomeAsync();
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_share_and_the_others_go_on_meanwhile()
    {
        await using var cluster = await TestSilos.StartAsync(2);
        await cluster.AllHomeAsync();
        var before = cluster.Store.Partitions.Select(partition => partition.Openings).ToList();
        var mostAway = 0;
        cluster.Store.BeforeOpening = _ =>
        {
            var away = cluster.Store.Partitions.Count(partition => partition.Owner is null);
            mostAway = Math.Max(mostAway, away);
            return Task.CompletedTask;
        };

        var joined = await cluster.JoinAsync();
        await cluster.AllHomeAsync();

        Assert.NotEmpty(cluster.Store.OpenOn(joined.SiloAddress));
        Assert.All(cluster.Store.Partitions, partition => Assert.Equal(0, partition.TakeOvers));
        var moved = cluster.Store.Partitions.Count(partition => partition.Openings > before[partition.Number]);
        Assert.InRange(moved, 1, 64 / 2);
        // Two at a time from each of the two that were there.
        Assert.InRange(mostAway, 1, 4);
    }

    [Fact]
    public async Task A_partition_that_was_lost_is_opened_again_where_it_is_to_be()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        var partition = cluster.Store.Partitions[5];
        var home = partition.Owner!;

        // Somebody that the cluster does not know of.
        partition.Open(new EngineProcess(cluster.Store, home.Silo));

        await TestSilos.UntilAsync(() => partition.Owner == home);
        Assert.Equal(1, await cluster.RecordAsync(0, new Sample("ada")) is { Accepted: var accepted } ? accepted : 0);
    }

    [Fact]
    public async Task A_partition_that_cannot_be_opened_at_first_is_opened_later()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        await cluster.AllHomeAsync();
        var fails = true;
        cluster.Store.BeforeOpening = _ =>
            Volatile.Read(ref fails) ? throw new IOException("The store does not answer.") : Task.CompletedTask;
        var partition = cluster.Store.Partitions[3];
        var owner = partition.Owner!;
        partition.Close(owner);
        owner.Lose(3);
        await TestSilos.UntilAsync(() => partition.Owner is null);

        Volatile.Write(ref fails, false);
        var since = TimeProvider.System.GetTimestamp();

        await TestSilos.UntilAsync(() => partition.Owner is not null);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 4);
    }

    [Fact]
    public async Task Every_silo_is_told_at_once_that_a_partition_cannot_be_opened_and_why()
    {
        await using var cluster = await TestSilos.StartAsync(2, partitions: 8);
        await cluster.AllHomeAsync();
        cluster.Store.BeforeOpening = _ => throw new StoreException("a blob of the store", "it is damaged.");
        var partition = cluster.Store.Partitions[3];
        var owner = partition.Owner!;
        partition.Close(owner);
        owner.Lose(3);
        await TestSilos.UntilAsync(() => partition.Owner is null);

        foreach (var silo in new[] { 0, 1 })
        {
            var since = TimeProvider.System.GetTimestamp();
            var error = await Assert.ThrowsAnyAsync<Exception>(() =>
                cluster.Grains(silo).GetGrain<IPartitionGrain>(3).WhereAsync()
            );

            Assert.Contains("a blob of the store: it is damaged.", error.Message, StringComparison.Ordinal);
            Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 8);
        }
    }
}
