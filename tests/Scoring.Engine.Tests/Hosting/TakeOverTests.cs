using Scoring.Core;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>A place in a partition's log is taken once, whoever thinks that the partition is theirs.</summary>
public sealed class TakeOverTests
{
    [Fact]
    public async Task A_former_owner_is_refused_by_its_next_write_and_answers_no_more()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        await HostBench.Snatch(1, former, owner);
        await owner.Record(new Sample(customer, "2"));
        var rows = bench.Store.Rows;

        var refused = await former.Refused(new Sample(customer, "3"));

        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(rows, bench.Store.Rows);
        await Until.TrueAsync(() => former.Lost.Count > 0);
        Assert.Equal([1], former.Lost);
        Assert.False(former.Host.IsOpen(1));
        Assert.Equal([1], await former.AbsentOf(0, 1, 2));
        Assert.Equal(2, await owner.CountOf(customer));
        Assert.Equal(1, (await owner.Record(new Sample(customer, "3"))).Accepted);
        Assert.Equal(1, (await owner.Record(new Sample(customer, "1"))).Duplicates);
    }

    [Fact]
    public async Task Opening_a_partition_removes_nothing_of_another_whose_state_is_being_read()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        // It knows of the states that there are now, which name nothing.
        var owner = bench.Start();
        var customer = former.CustomerOf(0);
        await former.Record(new Sample(customer, "1"));
        await former.Host.CheckpointAsync(BackendHost.Cancellation);
        await former.Host.ClosePartitionAsync(0, BackendHost.Cancellation);
        await former.Host.ClosePartitionAsync(1, BackendHost.Cancellation);
        using var read = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        owner.Connection.AfterReadState = partition =>
        {
            if (partition == 0)
            {
                read.Set();
                go.Wait(BackendHost.Cancellation);
            }
        };
        var opening = owner.Host.OpenPartitionAsync(0, BackendHost.Cancellation);
        read.Wait(BackendHost.Cancellation);

        await owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        go.Set();
        await opening;

        Assert.Equal(1, await owner.CountOf(customer));
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_again_while_it_is_found_out_what_it_holds_is_asked_later()
    {
        await using var bench = new HostBench();
        var owner = await bench.StartWithAllAsync();
        await owner.Record(new Sample(owner.CustomerOf(0), "1"));
        owner.Connection.IsCut = true;
        await Assert.ThrowsAsync<ScoringException>(() => owner.Host.CheckpointAsync(BackendHost.Cancellation));
        owner.Connection.IsCut = false;
        var (reads, readsOfModels) = (0, 0);
        owner.Connection.AfterReadState = _ =>
        {
            if (reads++ == 0)
            {
                throw new StoreException("state", "cannot be read") { MayPass = true };
            }
        };
        owner.Connection.BeforeReadDocument = name =>
        {
            if (name == "models" && readsOfModels++ == 0)
            {
                throw new StoreException(name, "cannot be read") { MayPass = true };
            }
        };

        await bench.PassTimeUntil(owner.Host.CheckpointAsync(BackendHost.Cancellation));

        Assert.True(reads > 1);
        Assert.True(readsOfModels > 1);
        Assert.Equal(1, (await owner.Record(new Sample(owner.CustomerOf(0), "2"))).Accepted);
    }

    [Fact]
    public async Task Of_a_commit_the_part_of_a_held_partition_stands_when_another_was_lost()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var (held, lost) = (former.CustomerOf(0), former.CustomerOf(1));
        await HostBench.Snatch(1, former, owner);

        await former.Refused(new Sample(held, "1"), new Sample(lost, "1"));

        Assert.Equal(1, await former.CountOf(held));
        Assert.Equal(0, await owner.CountOf(lost));
        former.Ask(owner.Host, 1);
        var again = await former.Record(new Sample(held, "1"), new Sample(lost, "1"));
        Assert.Equal((1, 1), (again.Accepted, again.Duplicates));
        Assert.Equal((1, 1), (await former.CountOf(held), await former.CountOf(lost)));
    }

    [Fact]
    public async Task Calls_that_wait_while_their_partition_is_lost_are_answered()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var (held, lost) = (former.CustomerOf(0), former.CustomerOf(1));
        await HostBench.Snatch(1, former, owner);
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        former.Connection.BeforeAppend = _ =>
        {
            entered.Set();
            go.Wait(BackendHost.Cancellation);
        };
        var first = former.Refused(new Sample(lost, "1"));
        entered.Wait(BackendHost.Cancellation);
        var waiting = Enumerable.Range(2, 10).Select(i => former.Refused(new Sample(lost, $"{i}"))).ToArray();
        var mixed = former.Refused(new Sample(lost, "12"), new Sample(held, "12"));
        go.Set();

        await first;
        await Task.WhenAll(waiting);
        await mixed;

        Assert.Equal(1, await former.CountOf(held));
        Assert.Equal(0, await owner.CountOf(lost));
        Assert.Equal([1], former.Lost);
    }

    [Fact]
    public async Task A_taker_whose_place_was_taken_meanwhile_reads_on_and_takes_the_next()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        var appended = 0;
        owner.Connection.BeforeAppend = _ =>
        {
            // The owner so far is quicker, three times.
            if (appended < 3)
            {
                appended++;
                former.Record(new Sample(customer, $"{appended}")).GetAwaiter().GetResult();
            }
        };

        await bench.PassTimeUntil(owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation));

        Assert.Equal(3, await owner.CountOf(customer));
        Assert.Equal(3, (await owner.Record([.. Ids(customer, 3)])).Duplicates);
        Assert.Empty(owner.Lost);
        await former.Refused(new Sample(customer, "4"));
        await Until.TrueAsync(() => former.Lost.Count > 0);
    }

    [Fact]
    public async Task A_former_owner_that_has_not_met_it_yet_claims_the_partition_anew_when_it_is_to_open_it()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        await HostBench.Snatch(1, former, owner);
        await owner.Record(new Sample(customer, "2"));

        await HostBench.Snatch(1, owner, former);

        Assert.Equal(2, await former.CountOf(customer));
        Assert.Equal(1, (await former.Record(new Sample(customer, "3"))).Accepted);
        Assert.Equal([1], former.Lost);
        await owner.Refused(new Sample(customer, "4"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_that_claim_a_partition_at_once_the_later_one_has_it(bool beforeReading)
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var (early, late) = (bench.Start(), bench.Start());
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        former.Connection.IsCut = true;
        void OpenLate() =>
            bench.PassTimeUntil(late.Host.OpenPartitionAsync(1, BackendHost.Cancellation)).GetAwaiter().GetResult();
        if (beforeReading)
        {
            early.Connection.AfterClaim = _ => OpenLate();
        }
        else
        {
            early.Connection.BeforeAppend = _ => OpenLate();
        }

        var refused = await Assert.ThrowsAsync<ScoringException>(() =>
            early.Host.OpenPartitionAsync(1, BackendHost.Cancellation)
        );

        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.False(early.Host.IsOpen(1));
        Assert.True(late.Host.IsOpen(1));
        Assert.Equal(1, (await late.Record(new Sample(customer, "2"))).Accepted);
        Assert.Equal(2, await late.CountOf(customer));
        Assert.Empty(late.Lost);
    }

    [Fact]
    public async Task A_fenced_owner_makes_no_checkpoint()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        await HostBench.Snatch(1, former, owner);
        await owner.Record(new Sample(customer, "2"));
        await owner.Host.CheckpointAsync(BackendHost.Cancellation);
        var (state, blobs) = (owner.Connection.ReadState(1, out var version), BlobsOf(1));

        await former.Host.CheckpointAsync(BackendHost.Cancellation);

        Assert.Equal(state, owner.Connection.ReadState(1, out var after));
        Assert.Equal(version, after);
        Assert.Equal(blobs, BlobsOf(1));
        Assert.Equal([1], former.Lost);
        Assert.False(former.Host.IsOpen(1));
        // The others were checkpointed all the same.
        Assert.NotEmpty(BlobsOf(0));

        List<long> BlobsOf(int partition) =>
            [.. bench.Store.Blobs.Where(blob => blob.Partition == partition).Select(blob => blob.Number)];
    }

    [Fact]
    public async Task Owners_of_a_partition_number_their_blobs_apart()
    {
        await using var bench = new HostBench();
        var owner = await bench.StartWithAllAsync();
        var customer = owner.CustomerOf(1);
        for (var i = 0; i < 5; i++)
        {
            await owner.Record(new Sample(customer, $"{i}"));
            await owner.Host.CheckpointAsync(BackendHost.Cancellation);
            // What it writes after it was succeeded is named by no state.
            await owner.Record(new Sample(customer, $"{i} more"));
            var next = bench.Start();
            await HostBench.Snatch(1, owner, next);
            await owner.Host.CheckpointAsync(BackendHost.Cancellation);
            owner = next;
        }

        var begun = bench.Store.BlobsBegun.Where(blob => blob.Partition == 1).ToList();
        Assert.True(begun.Count >= 20);
        Assert.Equal(begun.Distinct(), begun);
    }

    [Fact]
    public async Task A_partition_that_a_checkpoint_finds_lost_while_a_write_to_it_is_appended_breaks_nothing()
    {
        await using var bench = new HostBench();
        var former = await bench.StartWithAllAsync();
        var owner = bench.Start();
        var (held, lost) = (former.CustomerOf(0), former.CustomerOf(1));
        await former.Record(new Sample(lost, "1"));
        using var claimed = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        owner.Connection.AfterClaim = _ =>
        {
            claimed.Set();
            go.Wait(BackendHost.Cancellation);
        };
        var opening = owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation);
        claimed.Wait(BackendHost.Cancellation);
        // The claimer has not appended yet, so the write stands; meanwhile the checkpoint hears of the claim.
        former.Connection.AfterAppend = _ =>
            former.Host.CheckpointAsync(BackendHost.Cancellation).GetAwaiter().GetResult();
        await former.Refused(new Sample(lost, "2"));
        former.Connection.AfterAppend = null;

        Assert.Equal([1], former.Lost);
        Assert.Equal(1, (await former.Record(new Sample(held, "1"))).Accepted);
        former.Host.ThrowIfRefusing();
        go.Set();
        await bench.PassTimeUntil(opening);
        Assert.Equal(2, await owner.CountOf(lost));
        Assert.Equal(1, (await owner.Record(new Sample(lost, "2"))).Duplicates);
    }

    [Fact]
    public async Task What_a_former_owner_appends_while_a_taker_lines_up_counts_as_it_was_answered()
    {
        await using var bench = new HostBench();
        bench.Options = bench.Options with
        {
            DuplicateWindow = TimeSpan.Zero,
            DuplicateWindowMinimum = 1,
            DuplicateWindowMaximum = 1,
        };
        var former = await bench.StartWithAllAsync();
        var customer = former.CustomerOf(1);
        await former.Record(new Sample(customer, "1"));
        bench.Options = bench.Options with { DuplicateWindowMinimum = 1_000, DuplicateWindowMaximum = 1_000 };
        var owner = bench.Start();
        var first = true;
        owner.Connection.BeforeAppend = _ =>
        {
            if (first)
            {
                first = false;
                // The first id is forgotten by then.
                var written = former.Record(new Sample(customer, "2"), new Sample(customer, "1"));
                Assert.Equal(2, written.GetAwaiter().GetResult().Accepted);
            }
        };

        await bench.PassTimeUntil(owner.Host.OpenPartitionAsync(1, BackendHost.Cancellation));

        Assert.Equal(3, await owner.CountOf(customer));
        Assert.Equal(1, (await owner.Record(new Sample(customer, "3"))).Accepted);
        var next = bench.Start();
        await HostBench.Snatch(1, owner, next);
        Assert.Equal(4, await next.CountOf(customer));
    }

    private static IEnumerable<Sample> Ids(string customer, int count) =>
        Enumerable.Range(1, count).Select(i => new Sample(customer, $"{i}"));
}
