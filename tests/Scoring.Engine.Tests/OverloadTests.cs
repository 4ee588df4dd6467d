using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Tests;

namespace Scoring.Engine.Tests;

[Collection(MeasuresMemory.Name)]
public sealed class OverloadTests
{
    [Fact]
    public async Task A_queue_at_its_bound_refuses_whole_batches_and_memory_stays_flat()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { MaxQueuedBytes = 1 << 20 };
        await harness.Open();
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = _ =>
        {
            entered.Set();
            go.Wait(EngineHarness.Cancellation);
        };
        var first = harness.Record(new Sample("a", "first"));
        entered.Wait(EngineHarness.Cancellation);
        Sample[] batch = [.. Enumerable.Range(0, 1_000).Select(i => new Sample($"customer-{i}"))];
        var taken = await FillQueue(harness, batch);
        Refuse(harness, batch, times: 100);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Refuse(harness, batch, times: 5_000);

        Assert.True(
            GC.GetTotalMemory(forceFullCollection: true) - before < 4 << 20,
            "refused batches leave nothing behind"
        );
        go.Set();
        harness.Probe = null;
        Assert.Equal(1, (await first).Accepted);
        Assert.All(await Task.WhenAll(taken), result => Assert.Equal(1_000, result.Accepted));
        Assert.Equal(taken.Count, await harness.CountOf("customer-7"));
        Assert.Equal(1_000, (await harness.Record(batch)).Accepted);
    }

    [Fact]
    public async Task A_batch_larger_than_the_bound_is_taken_when_nothing_waits()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { MaxQueuedBytes = 64 << 10 };
        await harness.Open();

        var result = await harness.Record([.. Enumerable.Range(0, 20_000).Select(i => new Sample("a", $"{i}"))]);

        Assert.Equal(20_000, result.Accepted);
    }

    [Fact]
    public async Task Cancelling_stops_the_wait_and_not_the_write()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        using var go = new ManualResetEventSlim();
        harness.Probe = _ => go.Wait(EngineHarness.Cancellation);
        using var cancelled = new CancellationTokenSource();
        using (var batch = Samples.Batch([new Sample("a", "1")]))
        {
            var write = harness.Engine.RecordAsync(batch, cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        }
        // The buffer of the batch is somebody else's by now.
        using var other = Samples.Batch([new Sample("z", "9")]);
        go.Set();

        await harness.Record(new Sample("a", "2"));

        Assert.Equal(2, await harness.CountOf("a"));
        Assert.Null(await harness.Score("z"));
    }

    private static async Task<List<Task<WriteResult>>> FillQueue(EngineHarness harness, Sample[] batch)
    {
        var taken = new List<Task<WriteResult>>();
        while (true)
        {
            var write = harness.Record(batch);
            if (write.IsFaulted)
            {
                var refused = await Assert.ThrowsAsync<ScoringException>(() => write);
                Assert.Equal(ScoringError.Overloaded, refused.Error);
                Assert.InRange(refused.RetryAfter!.Value.TotalMilliseconds, 100, 500);
                return taken;
            }
            taken.Add(write);
        }
    }

    private static void Refuse(EngineHarness harness, Sample[] batch, int times)
    {
        using var encoded = Samples.Batch(batch);
        for (var i = 0; i < times; i++)
        {
            Assert.True(harness.Engine.RecordAsync(encoded, EngineHarness.Cancellation).AsTask().IsFaulted);
        }
    }
}
