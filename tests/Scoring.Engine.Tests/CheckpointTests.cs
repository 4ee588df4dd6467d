using Scoring.Core.Recording;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class CheckpointTests
{
    private const int Customers = 6_000;

    [Fact]
    public async Task Writes_go_on_during_a_checkpoint_and_nothing_is_lost_or_counted_twice()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordOneEach(harness, "first");
        using var done = new CancellationTokenSource();
        var counted = new int[100];
        var writer = Task.Run(
            async () =>
            {
                for (var round = 0; !done.IsCancellationRequested; round++)
                {
                    await harness.Record([.. counted.Select((_, i) => new Sample($"c{i}", $"{round}"))]);
                    counted = [.. counted.Select(c => c + 1)];
                }
            },
            EngineHarness.Cancellation
        );

        for (var i = 0; i < 5; i++)
        {
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }
        await done.CancelAsync();
        await writer;
        await harness.CrashAndReopen();

        for (var i = 0; i < counted.Length; i++)
        {
            Assert.Equal(counted[i] + 1, await harness.CountOf($"c{i}"));
        }
        Assert.Equal(1, await harness.CountOf($"c{Customers - 1}"));
    }

    [Fact]
    public async Task Reads_are_answered_while_a_slice_of_a_checkpoint_is_written()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordOneEach(harness, "first");
        using var writing = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = step =>
        {
            if (step == CommitStep.StoreWritten)
            {
                writing.Set();
                go.Wait(EngineHarness.Cancellation);
            }
        };
        var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        writing.Wait(EngineHarness.Cancellation);

        for (var i = 0; i < Customers; i += 500)
        {
            Assert.Equal(1, await harness.CountOf($"c{i}"));
        }
        Assert.False(checkpoint.IsCompleted);
        go.Set();
        await checkpoint;
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_checkpoint_leaves_every_event_counted_once()
    {
        // The number of commits that a checkpoint of these customers takes is not fixed: go on until one is never interrupted.
        for (var commits = 1; ; commits++)
        {
            await using var harness = new EngineHarness();
            await harness.Open();
            await RecordOneEach(harness, "first");
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await RecordOneEach(harness, "second");
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var go = new ManualResetEventSlim();
            var left = commits;
            harness.Probe = step =>
            {
                if (step == CommitStep.StoreCommitted && --left == 0)
                {
                    reached.SetResult();
                    go.Wait(EngineHarness.Cancellation);
                }
            };
            // Customers go on changing while they are checkpointed.
            var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            var write = RecordOneEach(harness, "third");
            var interrupted = await Task.WhenAny(checkpoint, reached.Task) == reached.Task;
            harness.UseCopyOfFiles();
            harness.Probe = null;
            go.Set();
            await write;
            await checkpoint;
            await harness.Engine.DisposeAsync();

            await harness.Open();
            await RecordOneEach(harness, "first");
            await RecordOneEach(harness, "second");
            await RecordOneEach(harness, "third");
            for (var i = 0; i < Customers; i += 97)
            {
                Assert.Equal(3, await harness.CountOf($"c{i}"));
            }
            if (!interrupted)
            {
                Assert.True(commits > 5, $"a checkpoint of {commits} commits is too small to say anything");
                return;
            }
        }
    }

    [Fact]
    public async Task A_journal_of_a_certain_size_starts_a_checkpoint()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointBytes = 64 << 10 };
        await harness.Open();
        await RecordOneEach(harness, "first");
        await RecordOneEach(harness, "second");
        // A checkpoint that is asked for begins after the one that the size began.
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        await harness.CrashAndReopen();

        Assert.Equal(0, harness.Engine.Recovery.EventsReplayed);
    }

    [Fact]
    public async Task Time_starts_a_checkpoint()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointInterval = TimeSpan.FromMinutes(5) };
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        using var checkpointed = new ManualResetEventSlim();
        harness.Probe = step =>
        {
            if (step == CommitStep.StoreCommitted)
            {
                checkpointed.Set();
            }
        };

        harness.Clock.Advance(TimeSpan.FromMinutes(5));

        checkpointed.Wait(EngineHarness.Cancellation);
    }

    [Fact]
    public async Task The_file_stops_growing_when_the_same_customers_go_on()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        async Task Round()
        {
            for (var i = 0; i < 5; i++)
            {
                await RecordOneEach(harness, id: null);
            }
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }
        await Round();
        await Round();
        await harness.Reopen();
        var before = new FileInfo(harness.Database).Length;

        for (var i = 0; i < 5; i++)
        {
            await Round();
        }
        await harness.Reopen();

        Assert.InRange(new FileInfo(harness.Database).Length, before / 2, before * 3 / 2);
    }

    private static Task<WriteResult> RecordOneEach(EngineHarness harness, string? id) =>
        harness.Record([.. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", id))]);
}
