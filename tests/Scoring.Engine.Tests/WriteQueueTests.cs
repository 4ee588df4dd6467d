using Scoring.Core;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class WriteQueueTests
{
    private const int ShortBytes = 100;
    private const int LongBytes = 30_000;

    private readonly WriteQueue _queue = new(partitions: 3, maxBytes: 64 << 20);

    public WriteQueueTests()
    {
        _queue.Open(0);
        _queue.Open(1);
    }

    [Fact]
    public void Short_calls_go_before_long_ones_and_each_kind_in_the_order_it_came()
    {
        WriteCall[] batches = [Enqueue(LongBytes), Enqueue(LongBytes)];
        WriteCall[] single = [Enqueue(ShortBytes), Enqueue(ShortBytes)];

        Assert.Equal([.. single, .. batches], Take());
    }

    [Fact]
    public void Long_calls_are_taken_no_further_than_the_partitions_soon_need_them()
    {
        var batches = Enumerable.Range(0, 40).Select(_ => Enqueue(LongBytes)).ToList();

        var first = Take();

        Assert.Equal(batches[..first.Count], first);
        Assert.InRange(first.Count, 2, 20);
        var single = Enqueue(ShortBytes);
        Assert.Equal([single], Take());

        Release(first);
        Release([single]);
        Assert.Equal(batches.Slice(first.Count, first.Count), Take());
    }

    [Fact]
    public void Long_calls_wait_while_one_partition_has_much_to_apply_even_if_others_have_nothing()
    {
        List<WriteCall> busy = [];
        for (var i = 0; i < 40; i++)
        {
            busy.Add(Enqueue(LongBytes, partition: 1));
        }
        _ = Take();
        Enqueue(LongBytes, partition: 0);

        _queue.Wake();

        Assert.Empty(Take());
    }

    [Fact]
    public void A_call_longer_than_what_may_be_ahead_is_taken_when_nothing_is()
    {
        var longest = Enqueue(10 << 20);

        Assert.Equal([longest], Take());
    }

    [Fact]
    public void A_queue_that_is_closed_gives_everything()
    {
        var batches = Enumerable.Range(0, 40).Select(_ => Enqueue(LongBytes)).ToList();
        _queue.Close(new ScoringException(ScoringError.Unavailable, "stopping"));

        Assert.Equal(batches, Take());
    }

    [Fact]
    public void What_is_for_partitions_that_are_not_open_is_left_out_and_named()
    {
        var call = ACall((0, ShortBytes), (2, ShortBytes), (1, ShortBytes), (2, ShortBytes));
        var elsewhere = ACall((2, ShortBytes));

        _queue.Enqueue(call);
        _queue.Enqueue(elsewhere);

        Assert.Equal([call], Take());
        Assert.Equal([0, 1], call.Parts.Select(part => part.Partition));
        Assert.Equal([2], call.Absent);
        Assert.Empty(elsewhere.Parts);
        Assert.Equal([2], elsewhere.Absent);
        Assert.Equal(call.Bytes, _queue.Bytes);
    }

    [Fact]
    public async Task A_partition_that_is_closed_takes_no_calls_and_is_idle_once_those_taken_are_done()
    {
        var call = ACall((0, ShortBytes));
        _queue.Enqueue(call);
        _queue.Close(0);
        var late = ACall((0, ShortBytes));
        _queue.Enqueue(late);
        var idle = Task.Run(
            () => _queue.WaitUntilIdle(0, CancellationToken.None),
            TestContext.Current.CancellationToken
        );

        Assert.Equal([0], late.Absent);
        Assert.False(idle.IsCompleted);
        Release(Take());

        await idle.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whoever_waits_for_a_partition_to_be_idle_is_told_when_it_may_never_be()
    {
        _queue.Enqueue(ACall((0, ShortBytes)));
        _queue.Close(0);
        using var cancelling = new CancellationTokenSource();
        var cancelled = Task.Run(() => _queue.WaitUntilIdle(0, cancelling.Token), CancellationToken.None);
        var waiting = Task.Run(() => _queue.WaitUntilIdle(0, CancellationToken.None), CancellationToken.None);

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(waiting.IsCompleted);
        _queue.Close(new ScoringException(ScoringError.Unavailable, "It is broken."));

        Assert.Equal("It is broken.", (await Assert.ThrowsAsync<ScoringException>(() => waiting)).Message);
    }

    private List<WriteCall> Take()
    {
        List<WriteCall> group = [];
        _queue.Take(group, maxGroupBytes: 4 << 20, wait: true);
        return group;
    }

    private WriteCall Enqueue(int bytes, int partition = 0)
    {
        var call = ACall((partition, bytes));
        _queue.Enqueue(call);
        return call;
    }

    private static WriteCall ACall(params (int Partition, int Bytes)[] parts)
    {
        var call = new WriteCall(Durability.OnDisk, new Instant(0));
        foreach (var (partition, bytes) in parts)
        {
            var payload = new BlobWriter(bytes);
            payload.Bytes(new byte[bytes]);
            call.Add(new WritePart(call, partition, CommandKind.RecordEvents, Workspace: 0, payload));
        }
        return call;
    }

    private void Release(List<WriteCall> calls)
    {
        foreach (var part in calls.SelectMany(call => call.Parts))
        {
            _queue.Release(part);
        }
    }
}
