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
        var partition = new Partition(
            0,
            [new WorkspaceShare(0, new() { Name = "default" })],
            new(TimeSpan.FromHours(1), 10, 10)
        );
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
        using var frame = new FrameComposer(partitions: 1).Compose([call], [number - 1]);
        return Assert.Single(frame.Entries);
    }
}
