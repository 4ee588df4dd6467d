using Scoring.Core;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Engine.Hosting;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>A partition goes from one host to another with everything that decides what later writes become.</summary>
public sealed class HandOverTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_next_owner_decides_as_the_one_before_would_have(bool isClosed)
    {
        await using var bench = new HostBench();
        // The model uses three, so two more.
        bench.Options = bench.Options with
        {
            PopulationBounds = PopulationBounds.Default with { EventTypes = 2 },
        };
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customers = former.CustomersOf(1, 2);
        await former.Upsert(new CustomerUpdate(customers[0], "acme", [new("plan", "gold")]));
        Sample[] taken = [new(customers[0], "1"), new(customers[0], "2", "a"), new(customers[1], "3", "b")];
        Assert.Equal(3, (await former.Record(taken)).Accepted);
        await former.Host.CheckpointAsync(BackendHost.Cancellation);
        Assert.Equal(1, (await former.Record(new Sample(customers[1], "4"))).Accepted);
        Assert.Single((await former.Record(new Sample(customers[1], "5", "c"))).Rejections);

        if (isClosed)
        {
            await former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
            await next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        }
        else
        {
            await HostBench.Snatch(1, former, next);
        }
        next.Ask(former.Host, 0, 2);

        Assert.Equal(4, (await next.Record([.. taken, new Sample(customers[1], "4")])).Duplicates);
        var conflict = await next.Record(new Sample(customers[0], "1", "purchase"));
        Assert.Equal((0, 0, 1), (conflict.Accepted, conflict.Duplicates, conflict.Rejections.Count));
        Assert.Single((await next.Record(new Sample(customers[1], "5", "c"))).Rejections);
        Assert.Equal(1, (await next.Record(new Sample(customers[1], "6", "b"))).Accepted);
        var score = (await next.Score(customers[0]))!;
        Assert.Equal(("acme", 1), (score.AccountId, await next.CountOf(customers[0])));
        Assert.Equal([new("plan", "gold")], score.Attributes);
        Assert.Equal(
            ["a", "b", "login"],
            await next.Backend.ListEventTypesAsync(next.Workspace, BackendHost.Cancellation)
        );
        Assert.Equal([1], await former.AbsentOf(1));
    }

    [Fact]
    public async Task Closing_answers_the_writes_that_wait_and_loses_none()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customer = former.CustomerOf(1);
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        former.Connection.BeforeAppend = _ =>
        {
            entered.Set();
            go.Wait(BackendHost.Cancellation);
        };
        var first = former.Record(new Sample(customer, "0"));
        entered.Wait(BackendHost.Cancellation);
        Task<WriteResult>[] waiting =
        [
            first,
            .. Enumerable.Range(1, 20).Select(i => former.Record(new Sample(customer, $"{i}"))),
        ];
        var closing = former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        // From some moment on it takes no more.
        var taken = waiting.ToList();
        var refused = 0;
        while (refused == 0)
        {
            var late = former.Record(new Sample(customer, $"{taken.Count}"));
            if (late.IsFaulted)
            {
                refused++;
                await Assert.ThrowsAsync<ScoringException>(() => late);
            }
            else
            {
                taken.Add(late);
            }
        }
        Assert.False(closing.IsCompleted);
        go.Set();

        await closing;
        Assert.All(await Task.WhenAll(taken), written => Assert.Equal(1, written.Accepted));
        await next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        Assert.Equal(taken.Count, await next.CountOf(customer));
    }

    [Fact]
    public async Task Closing_takes_writes_until_its_checkpoint_is_written()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        former.Connection.BeforeBlob = _ =>
        {
            entered.Set();
            go.Wait(BackendHost.Cancellation);
        };

        var closing = former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        entered.Wait(BackendHost.Cancellation);
        Assert.Equal(1, (await former.Record(new Sample(customer, "2"))).Accepted);
        Assert.Equal(2, await former.CountOf(customer));
        go.Set();
        await closing;

        Assert.False(former.Host.IsOpen(1));
        await next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        Assert.Equal(2, await next.CountOf(customer));
    }

    [Fact]
    public async Task A_partition_is_given_up_also_when_its_checkpoint_cannot_be_written()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        former.Connection.BeforeBlob = _ => throw new StoreFailure("There is no room.", isFull: true);

        await former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);

        Assert.False(former.Host.IsOpen(1));
        await next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        Assert.Equal(1, await next.CountOf(customer));
    }

    [Fact]
    public async Task Opening_what_is_open_or_being_opened_claims_it_once()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        var claims = 0;
        next.Connection.AfterClaim = _ => claims++;

        Task[] opening =
        [
            .. Enumerable.Range(0, 4).Select(_ => next.Host.OpenPartitionAsync(1, BackendHost.Cancellation)),
        ];
        await bench.PassTimeUntil(Task.WhenAll(opening));
        await next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);

        Assert.Equal(1, claims);
        Assert.Equal(1, (await next.Record(new Sample(customer, "2"))).Accepted);
        Assert.Equal(2, await next.CountOf(customer));
    }

    [Fact]
    public async Task Closing_what_is_not_open_changes_nothing()
    {
        await using var bench = new HostBench();
        var owner = await bench.StartWithAllAsync();
        var other = bench.Start();
        var customer = owner.CustomerOf(1);

        await other.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        await owner.Host.ClosePartitionAsync(0, BackendHost.Cancellation);
        await owner.Host.ClosePartitionAsync(0, BackendHost.Cancellation);

        Assert.Equal(1, (await owner.Record(new Sample(customer, "1"))).Accepted);
        Assert.Equal([0], await owner.AbsentOf(0, 1));
        await owner.Host.OpenPartitionAsync(0, BackendHost.Cancellation);
        Assert.Empty(await owner.AbsentOf(0, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_opening_that_is_cancelled_leaves_nothing_open_and_can_be_tried_again(bool whileAppending)
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var next = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        former.Connection.StopRenewing();
        using var cancelling = new CancellationTokenSource();
        using var go = new ManualResetEventSlim(!whileAppending);
        using var entered = new ManualResetEventSlim();
        next.Connection.BeforeAppend = _ =>
        {
            entered.Set();
            go.Wait(BackendHost.Cancellation);
        };
        var rows = bench.Store.Rows;
        var opening = next.Host.OpenPartitionAsync(1, cancelling.Token);
        entered.Wait(BackendHost.Cancellation);
        if (!whileAppending)
        {
            await Until.TrueAsync(() => bench.Store.Rows > rows);
        }

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.False(next.Host.IsOpen(1));
        Assert.Equal([1], await next.AbsentOf(1));
        var again = next.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        go.Set();
        // What was waited before does not count for nothing, and nothing is left out.
        await Until.TrueAsync(() => bench.Store.Rows > rows + 1 || again.IsCompleted);
        bench.Clock.Advance(SharedStore.Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(again.IsCompleted);
        await bench.PassTimeUntil(again);
        Assert.Equal(1, (await next.Record(new Sample(customer, "2"))).Accepted);
        Assert.Equal(2, await next.CountOf(customer));
        Assert.Empty(next.Lost);
    }

    [Fact]
    public async Task A_host_that_stops_ends_what_is_being_opened_and_gives_up_what_is_open()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var (stopping, next) = (bench.Start(), bench.Start());
        await former.Record(new Sample(former.CustomerOf(0), "1"), new Sample(former.CustomerOf(1), "1"));
        await former.Host.ClosePartitionAsync(0, BackendHost.Cancellation);
        await stopping.Host.OpenPartitionAsync(0, BackendHost.Cancellation);
        var rows = bench.Store.Rows;
        var opening = stopping.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        await Until.TrueAsync(() => bench.Store.Rows > rows);

        await stopping.Host.DisposeAsync();

        var refused = await Assert.ThrowsAsync<ScoringException>(() => opening);
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.False(stopping.Host.IsOpen(0));
        Assert.False(stopping.Host.IsOpen(1));
        foreach (
            var late in new[]
            {
                stopping.Host.OpenPartitionAsync(2, BackendHost.Cancellation),
                stopping.Host.ClosePartitionAsync(2, BackendHost.Cancellation),
            }
        )
        {
            var error = await Assert.ThrowsAsync<ScoringException>(() => late);
            Assert.Equal(ScoringError.Unavailable, error.Error);
        }
        // Without any time passing.
        await next.Host.OpenPartitionAsync(0, BackendHost.Cancellation);
        Assert.Equal(1, await next.CountOf(next.CustomerOf(0)));
        await bench.PassTimeUntil(next.Host.OpenPartitionAsync(1, BackendHost.Cancellation));
        Assert.Equal(1, await next.CountOf(next.CustomerOf(1)));
    }

    [Fact]
    public async Task A_host_that_opens_many_partitions_at_once_reads_some_of_them_at_a_time_and_answers_meanwhile()
    {
        const int atOnce = 8;
        await using var bench = new HostBench();
        var connection = bench.Store.Connect();
        await using var host = PartitionHost.Open(bench.Options with { Partitions = 40 }, connection, out _);
        await host.OpenPartitionAsync(0, BackendHost.Cancellation);
        var (reading, most) = (0, 0);
        using var go = new ManualResetEventSlim();
        connection.AfterClaim = _ =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref reading));
            go.Wait(BackendHost.Cancellation);
            Interlocked.Decrement(ref reading);
        };

        var opening = Task.WhenAll(
            Enumerable.Range(1, 39).Select(partition => host.OpenPartitionAsync(partition, BackendHost.Cancellation))
        );
        await Until.TrueAsync(() => Volatile.Read(ref reading) == atOnce);

        var names = await host.ListNamesAsync("", [0], BackendHost.Cancellation);
        Assert.Empty(names.Absent);
        go.Set();
        await opening;
        Assert.Equal(atOnce, most);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; )
        {
            seen = Interlocked.CompareExchange(ref most, value, seen) is var was && was == seen ? value : was;
        }
    }
}
