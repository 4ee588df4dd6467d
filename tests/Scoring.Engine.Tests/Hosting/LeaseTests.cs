namespace Scoring.Engine.Tests.Hosting;

/// <summary>An answer contains every write that was acknowledged before the call, also while a partition changes hands.</summary>
public sealed class LeaseTests
{
    [Fact]
    public async Task A_successor_answers_nothing_before_the_lease_of_its_predecessor_has_ended()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        former.Connection.StopRenewing();
        var rows = bench.Store.Rows;

        var opening = owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        await Until.TrueAsync(() => bench.Store.Rows > rows);
        bench.Clock.Advance(SharedStore.Lease - TimeSpan.FromMilliseconds(1));

        Assert.False(owner.Host.IsOpen(1));
        Assert.False(opening.IsCompleted);
        Assert.Equal([1], await owner.AbsentOf(1));
        await owner.Refused(new Sample(customer, "2"));
        // Nothing that it could miss was acknowledged, so the predecessor answers still.
        Assert.Equal(1, await former.CountOf(customer));

        await bench.PassTimeUntil(opening);
        Assert.True(owner.Host.IsOpen(1));
        Assert.Equal(1, (await owner.Record(new Sample(customer, "2"))).Accepted);
        Assert.Equal(2, await owner.CountOf(customer));
        Assert.Equal([0, 1, 2], await former.AbsentOf(0, 1, 2));
    }

    [Fact]
    public async Task A_successor_answers_nothing_while_its_predecessor_can_append()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        IReadOnlyList<int> absent = [];
        var wasOpen = true;
        var first = true;
        owner.Connection.BeforeAppend = _ =>
        {
            if (first)
            {
                first = false;
                former.Record(new Sample(customer, "1")).GetAwaiter().GetResult();
                absent = owner.AbsentOf(1).GetAwaiter().GetResult();
                wasOpen = owner.Host.IsOpen(1);
            }
        };

        await bench.PassTimeUntil(owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation));

        Assert.Equal([1], absent);
        Assert.False(wasOpen);
        Assert.Equal(1, await owner.CountOf(customer));
    }

    [Fact]
    public async Task A_host_answers_nothing_once_its_lease_has_ended_also_when_that_happens_while_it_reads()
    {
        await using var bench = new HostBench();
        var host = await bench.StartWithAllAsync();
        var customer = host.CustomerOf(1);
        await host.Record(new Sample(customer, "1"));
        host.Connection.StopRenewing();
        Assert.Empty(await host.AbsentOf(1));
        // It is looked at after what is answered was read.
        host.Connection.BeforeHolds = _ => bench.Clock.Advance(SharedStore.Lease);

        Assert.Equal([1], await host.AbsentOf(1));
        host.Connection.BeforeHolds = null;
        Assert.Equal([0, 1, 2], await host.AbsentOf(0, 1, 2));
        var tally = await host.Host.TallyAsync(
            new Scoring.Engine.Hosting.SegmentQuestion(
                new() { Workspace = host.Workspace },
                ModelVersion: 1,
                host.Now,
                host.Now + TimeSpan.FromDays(1),
                [0, 1, 2]
            ),
            BackendHost.Cancellation
        );
        Assert.Null(tally.Value);
        Assert.Equal([0, 1, 2], tally.Absent);

        host.Connection.RenewAgain();
        Assert.Equal(1, await host.CountOf(customer));
    }

    [Fact]
    public async Task Whoever_opens_a_partition_that_was_given_up_has_not_to_wait()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var before = bench.Clock.GetTimestamp();

        await former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        await owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation);

        Assert.Equal(before, bench.Clock.GetTimestamp());
        Assert.Empty(await owner.AbsentOf(1));
    }
}
