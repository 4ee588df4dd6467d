using Scoring.Core;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class ApplyLoopTests
{
    [Fact]
    public async Task An_entry_that_cannot_be_applied_ends_the_loop_and_every_call_is_answered()
    {
        var partition = APartition();
        var reported = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var applied = 0;
        var loop = new ApplyLoop(partition, (_, _) => applied++, reported.SetResult);
        var malformed = ACall(payloadBytes: 3);
        var behind = ACall(payloadBytes: 0);

        loop.Post(AnEntry(malformed, number: 1));
        Assert.IsType<InvalidDataException>(await reported.Task);
        loop.WaitUntilIdle();
        loop.Post(AnEntry(behind, number: 2));

        foreach (var call in (WriteCall[])[malformed, behind])
        {
            var error = await Assert.ThrowsAsync<ScoringException>(() => call.Answer.AsTask());
            Assert.Equal(ScoringError.Unavailable, error.Error);
        }
        Assert.Equal((0, 0), (applied, partition.AppliedEntry));
        loop.End();
    }

    [Fact]
    public void An_entry_is_applied_on_the_thread_that_posts_if_nobody_is_in_the_partition()
    {
        var partition = APartition();
        var applied = new List<int>();
        var loop = new ApplyLoop(
            partition,
            (_, _) => applied.Add(Environment.CurrentManagedThreadId),
            error => throw error
        );
        var first = AnEntry(ACall(payloadBytes: 0), number: 1);

        partition.Access.EnterToRead();
        Assert.False(loop.TryApplyHere(first));
        partition.Access.ExitFromReading();
        Assert.Equal((0, 0), (applied.Count, partition.AppliedEntry));

        Assert.True(loop.TryApplyHere(first));
        Assert.Equal((1, Environment.CurrentManagedThreadId), (partition.AppliedEntry, Assert.Single(applied)));
        loop.End();
    }

    [Fact]
    public void An_entry_is_not_applied_before_those_that_were_posted()
    {
        var partition = APartition();
        var loop = new ApplyLoop(partition, (_, _) => { }, error => throw error);

        partition.Access.EnterToRead();
        loop.Post(AnEntry(ACall(payloadBytes: 0), number: 1));
        var second = AnEntry(ACall(payloadBytes: 0), number: 2);
        Assert.False(loop.TryApplyHere(second));
        partition.Access.ExitFromReading();
        loop.Post(second);
        loop.WaitUntilIdle();

        Assert.Equal(2, partition.AppliedEntry);
        loop.End();
    }

    [Fact]
    public async Task An_entry_that_cannot_be_applied_on_the_thread_that_posts_ends_the_loop_as_well()
    {
        var reported = new List<Exception>();
        var loop = new ApplyLoop(APartition(), (_, _) => { }, reported.Add);
        var malformed = ACall(payloadBytes: 3);
        var behind = ACall(payloadBytes: 0);

        Assert.True(loop.TryApplyHere(AnEntry(malformed, number: 1)));
        Assert.IsType<InvalidDataException>(Assert.Single(reported));
        var next = AnEntry(behind, number: 2);
        Assert.False(loop.TryApplyHere(next));
        loop.Post(next);

        foreach (var call in (WriteCall[])[malformed, behind])
        {
            await Assert.ThrowsAsync<ScoringException>(() => call.Answer.AsTask());
        }
        loop.End();
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
