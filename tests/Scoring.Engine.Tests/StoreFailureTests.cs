using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>A store that fails while the engine runs. A real full disk is in the crash tests.</summary>
public sealed class StoreFailureTests
{
    [Fact]
    public async Task A_full_store_refuses_writes_takes_nothing_of_them_and_works_again_once_there_is_room()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        FailAt(harness, CommitStep.Begin, isFull: true, times: 1);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("a", "2")));

        Assert.Equal(ScoringError.StorageFull, refused.Error);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(1, await harness.CountOf("a"));
        Assert.Equal(1, (await harness.Record(new Sample("a", "2"))).Accepted);
        await harness.CrashAndReopen();
        Assert.Equal(2, await harness.CountOf("a"));
    }

    [Fact]
    public async Task A_full_store_refuses_models_and_takes_them_once_there_is_room()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        FailAt(harness, CommitStep.StoreWritten, isFull: true, times: 1);
        var model = Samples.Model(weight: 2);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => Put(harness));
        Assert.Equal(ScoringError.StorageFull, refused.Error);

        Assert.Equal(2, (await Put(harness)).Version);

        Task<Core.Models.ScoringModel> Put(EngineHarness h) =>
            h.Engine.PutModelAsync("", model, EngineHarness.Cancellation).AsTask();
    }

    [Theory]
    [InlineData((int)CommitStep.StoreWritten)]
    [InlineData((int)CommitStep.StoreRenamed)]
    [InlineData((int)CommitStep.StoreCommitted)]
    public async Task After_a_failed_disk_a_new_model_is_there_or_not_and_the_next_one_is_taken(int step)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var left = 1;
        harness.Probe = now =>
        {
            if (now == (CommitStep)step && Interlocked.Decrement(ref left) == 0)
            {
                throw new StoreFailure("A test wants it so.");
            }
        };

        var failed = await Assert.ThrowsAsync<ScoringException>(() => Put("one"));
        Assert.Equal(ScoringError.Unavailable, failed.Error);
        await Put("two");
        var models = await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation);
        Assert.Contains(models, model => model.Name == "two");
        await harness.CrashAndReopen();

        Assert.Equal(
            models.Select(model => (model.Name, model.Version)),
            (await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation)).Select(m => (m.Name, m.Version))
        );

        Task<Core.Models.ScoringModel> Put(string name) =>
            harness.Engine.PutModelAsync("", Samples.Model() with { Name = name }, EngineHarness.Cancellation).AsTask();
    }

    [Theory]
    [InlineData((int)CommitStep.Begin)]
    [InlineData((int)CommitStep.Written)]
    [InlineData((int)CommitStep.Committed)]
    public async Task After_a_failed_disk_memory_and_store_agree_on_what_was_taken(int step)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        FailAt(harness, (CommitStep)step, isFull: false, times: 1);

        var failed = await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("a", "2")));
        Assert.Equal(ScoringError.Unavailable, failed.Error);

        await UntilHealthy(harness);
        // The answer was "unknown"; the same id again finds out.
        var again = await harness.Record(new Sample("a", "2"));
        Assert.Equal((1, 0), (again.Accepted, again.Duplicates));
        Assert.Equal(2, await harness.CountOf("a"));
        await harness.CrashAndReopen();
        Assert.Equal(2, await harness.CountOf("a"));
    }

    [Theory]
    [InlineData((int)CommitStep.Written)]
    [InlineData((int)CommitStep.Committed)]
    public async Task What_a_failed_disk_may_have_kept_of_a_write_does_not_come_back(int step)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        for (var failure = 0; failure < 3; failure++)
        {
            FailAt(harness, (CommitStep)step, isFull: false, times: 2);
            await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("b", $"{failure}")));
            await UntilHealthy(harness);
        }
        await harness.Record(new Sample("a", "2"));
        await harness.CrashAndReopen();

        Assert.Equal(2, await harness.CountOf("a"));
        Assert.Null(await harness.Score("b"));
    }

    [Theory]
    [InlineData((int)CommitStep.SnapshotWritten, false)]
    [InlineData((int)CommitStep.StoreBegin, false)]
    [InlineData((int)CommitStep.StoreWritten, false)]
    [InlineData((int)CommitStep.StoreRenamed, false)]
    [InlineData((int)CommitStep.StoreCommitted, false)]
    [InlineData((int)CommitStep.StoreCommitted, true)]
    public async Task A_disk_that_fails_during_a_checkpoint_does_not_keep_writes_from_being_taken(
        int step,
        bool failsAgain
    )
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("first"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record([.. Enumerable.Range(0, 100).Select(i => new Sample($"c{i}", "1"))]);
        var again = failsAgain ? 1 : 0;
        var times = 1;
        harness.Probe = now =>
        {
            if (
                (now == (CommitStep)step && Interlocked.Decrement(ref times) >= 0)
                || (now == CommitStep.StoreReopen && Interlocked.Decrement(ref again) >= 0)
            )
            {
                throw new StoreFailure("A test wants it so.");
            }
        };

        var failed = await Assert.ThrowsAsync<ScoringException>(() =>
            harness.Engine.CheckpointAsync(EngineHarness.Cancellation)
        );
        Assert.Equal(ScoringError.Unavailable, failed.Error);
        Assert.Equal(1, (await harness.Record(new Sample("c1", "2"))).Accepted);
        // One that fails before it begins is tried again after a while, for those who wait.
        var next = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        while (!next.IsCompleted)
        {
            harness.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await next;
        await harness.CrashAndReopen();

        Assert.Equal(0, harness.Engine.Recovery.EventsReplayed);
        Assert.Equal(2, await harness.CountOf("c1"));
        Assert.Equal(1, await harness.CountOf("c99"));
    }

    [Fact]
    public async Task A_put_of_unknown_outcome_is_in_doubt_until_what_is_there_was_written_once_more()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Engine.DisposeAsync();
        var store = new FileStore(harness.Options).OpenCheckpoints();
        var content = store.ReadState(0, out var version);
        FailAt(harness, CommitStep.StoreRenamed, isFull: false, times: 1);
        Assert.Throws<StoreFailure>(() => store.TryPutState(0, version + 1, content));
        Assert.Throws<InvalidOperationException>(() => store.TryPutDocument("settings", 2, content));
        FailAt(harness, CommitStep.StoreWritten, isFull: true, times: 1);
        Assert.Throws<StoreFailure>(store.Settle);
        var written = 0;
        harness.Probe = step => written += step == CommitStep.StoreCommitted ? 1 : 0;

        store.Settle();

        Assert.Equal(1, written);
        Assert.Equal(content, store.ReadState(0, out var now));
        Assert.Equal(version + 1, now);
        Assert.True(store.TryPutState(0, version + 2, content));
    }

    [Fact]
    public async Task A_partition_that_somebody_else_checkpointed_is_written_no_more()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("b", "1"), new Sample("c", "1"), new Sample("d", "1"));
        var other = new FileStore(harness.Options).OpenCheckpoints();
        // The states alone: the index of the journal is written when its next file is made, at any time.
        (long Version, byte[] Content) StateOf(int partition)
        {
            var content = other.ReadState(partition, out var version);
            return (version, content);
        }
        var partitions = Enumerable.Range(0, 3).ToList();
        foreach (var partition in partitions)
        {
            var (version, content) = StateOf(partition);
            Assert.True(other.TryPutState(partition, version + 1, content));
        }
        var before = partitions.Select(StateOf).ToList();

        _ = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await Assert.ThrowsAsync<ScoringException>(async () =>
        {
            while (true)
            {
                await harness.Engine.CheckHealthAsync(EngineHarness.Cancellation);
                await Task.Yield();
            }
        });

        var refused = await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("a", "2")));
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.Equal(before, partitions.Select(StateOf));
        Assert.Equal(1, await harness.CountOf("a"));
    }

    [Fact]
    public async Task While_the_disk_fails_writes_are_refused_reads_answered_and_the_engine_is_unhealthy()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        var broken = true;
        var reopened = 0;
        harness.Probe = step =>
        {
            reopened += step == CommitStep.Reopen ? 1 : 0;
            if (Volatile.Read(ref broken))
            {
                throw new StoreFailure("The disk is broken.");
            }
        };
        await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("a", "2")));

        var refused = await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("a", "3")));
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        await Assert.ThrowsAsync<ScoringException>(() =>
            harness.Engine.CheckHealthAsync(EngineHarness.Cancellation).AsTask()
        );
        Assert.Equal(1, await harness.CountOf("a"));

        Volatile.Write(ref broken, false);
        await UntilHealthy(harness);
        Assert.Equal(1, (await harness.Record(new Sample("a", "3"))).Accepted);
    }

    [Fact]
    public async Task A_fault_of_the_program_ends_writing_answers_everybody_and_loses_nothing()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = _ =>
        {
            entered.Set();
            go.Wait(EngineHarness.Cancellation);
            throw new InvalidOperationException("A fault.");
        };
        var under = harness.Record(new Sample("a", "2"));
        entered.Wait(EngineHarness.Cancellation);
        var waiting = Enumerable.Range(0, 10).Select(i => harness.Record(new Sample("b", $"{i}"))).ToArray();
        go.Set();

        foreach (var write in waiting.Append(under))
        {
            Assert.Equal(ScoringError.Unavailable, (await Assert.ThrowsAsync<ScoringException>(() => write)).Error);
        }
        await Assert.ThrowsAsync<ScoringException>(() =>
            harness.Engine.CheckHealthAsync(EngineHarness.Cancellation).AsTask()
        );
        Assert.Equal(1, await harness.CountOf("a"));
        harness.Probe = null;
        await harness.Reopen();
        Assert.Equal(1, (await harness.Record(new Sample("a", "2"))).Accepted);
        Assert.Equal(2, await harness.CountOf("a"));
    }

    [Fact]
    public async Task A_checkpoint_that_finds_no_room_is_tried_again_and_recording_goes_on()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        // The next file of the journal, made on the way, is not what is to fail.
        await harness.Record(new Sample("first"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record([.. Enumerable.Range(0, 3_000).Select(i => new Sample($"c{i}", "1"))]);
        FailAt(harness, CommitStep.StoreWritten, isFull: true, times: 1);

        var postponed = await Assert.ThrowsAsync<ScoringException>(() =>
            harness.Engine.CheckpointAsync(EngineHarness.Cancellation)
        );
        Assert.Equal(ScoringError.StorageFull, postponed.Error);
        Assert.Equal(1, (await harness.Record(new Sample("c1", "2"))).Accepted);
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.CrashAndReopen();

        Assert.Equal(0, harness.Engine.Recovery.EventsReplayed);
        Assert.Equal(2, await harness.CountOf("c1"));
        Assert.Equal(1, await harness.CountOf("c2999"));
    }

    private static void FailAt(EngineHarness harness, CommitStep failing, bool isFull, int times) =>
        harness.Probe = step =>
        {
            if (step == failing && Interlocked.Decrement(ref times) >= 0)
            {
                throw new StoreFailure("A test wants it so.", isFull);
            }
        };

    /// <summary>Lets time pass for the engine until it is well again.</summary>
    private static async Task UntilHealthy(EngineHarness harness)
    {
        while (true)
        {
            try
            {
                await harness.Engine.CheckHealthAsync(EngineHarness.Cancellation);
                return;
            }
            catch (ScoringException)
            {
                harness.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }
    }
}
