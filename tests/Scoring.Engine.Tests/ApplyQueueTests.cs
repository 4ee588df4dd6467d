using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class ApplyQueueTests
{
    [Fact]
    public async Task An_entry_that_cannot_be_applied_is_the_last_and_every_call_is_answered()
    {
        var partition = APartition();
        var reported = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var applied = 0;
        var queue = new ApplyQueue(partition, (_, _) => applied++, reported.SetResult);
        var malformed = ACall(payloadBytes: 3);
        var behind = ACall(payloadBytes: 0);

        Assert.True(queue.Post(AnEntry(malformed, number: 1)));
        Assert.False(queue.Run(bytes: 1_000));
        Assert.IsType<InvalidDataException>(await reported.Task);
        Assert.False(queue.Post(AnEntry(behind, number: 2)));

        foreach (var call in (WriteCall[])[malformed, behind])
        {
            var error = await Assert.ThrowsAsync<ScoringException>(() => call.Answer.AsTask());
            Assert.Equal(ScoringError.Unavailable, error.Error);
        }
        Assert.Equal((0, 0), (applied, partition.AppliedEntry));
    }

    [Fact]
    public void An_entry_is_applied_on_the_thread_that_posts_if_nobody_is_in_the_partition()
    {
        var partition = APartition();
        var applied = new List<int>();
        var queue = new ApplyQueue(
            partition,
            (_, _) => applied.Add(Environment.CurrentManagedThreadId),
            error => throw error
        );
        var first = AnEntry(ACall(payloadBytes: 0), number: 1);

        partition.Access.EnterToRead();
        Assert.False(queue.TryApplyHere(first));
        partition.Access.ExitFromReading();
        Assert.Equal((0, 0), (applied.Count, partition.AppliedEntry));

        Assert.True(queue.TryApplyHere(first));
        Assert.Equal((1, Environment.CurrentManagedThreadId), (partition.AppliedEntry, Assert.Single(applied)));
    }

    [Fact]
    public void An_entry_is_not_applied_before_those_that_were_posted()
    {
        var partition = APartition();
        var queue = new ApplyQueue(partition, (_, _) => { }, error => throw error);

        Assert.True(queue.Post(AnEntry(ACall(payloadBytes: 0), number: 1)));
        var second = AnEntry(ACall(payloadBytes: 0), number: 2);
        Assert.False(queue.TryApplyHere(second));
        Assert.False(queue.Post(second));

        Assert.True(queue.Run(bytes: 1));
        Assert.Equal(1, partition.AppliedEntry);
        Assert.False(queue.Run(bytes: 1_000));
        Assert.Equal(2, partition.AppliedEntry);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_applied_on_the_thread_that_posts_is_the_last_as_well()
    {
        var reported = new List<Exception>();
        var queue = new ApplyQueue(APartition(), (_, _) => { }, reported.Add);
        var malformed = ACall(payloadBytes: 3);
        var behind = ACall(payloadBytes: 0);

        Assert.True(queue.TryApplyHere(AnEntry(malformed, number: 1)));
        Assert.IsType<InvalidDataException>(Assert.Single(reported));
        var next = AnEntry(behind, number: 2);
        Assert.False(queue.TryApplyHere(next));
        queue.Post(next);

        foreach (var call in (WriteCall[])[malformed, behind])
        {
            await Assert.ThrowsAsync<ScoringException>(() => call.Answer.AsTask());
        }
    }

    private static Partition APartition() =>
        new(0, [new WorkspaceShare(0, new() { Name = "default" })], new(TimeSpan.FromHours(1), 10, 10));

    private static WriteCall ACall(int payloadBytes)
    {
        var call = new WriteCall(Durability.OnDisk, default);
        var payload = new BlobWriter();
        payload.Fixed(payloadBytes).Clear();
        call.Add(new WritePart(call, 0, CommandKind.RecordEvents, 0, payload));
        return call;
    }

    private static JournalEntry AnEntry(WriteCall call, long number)
    {
        using var frame = new FrameComposer(partitions: 1, _ => OutcomeMark.None).Compose([call], [number - 1]);
        return Assert.Single(frame.Entries);
    }
}
