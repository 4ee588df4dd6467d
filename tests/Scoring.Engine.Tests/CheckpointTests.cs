using Scoring.Core.Filters;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Snapshots;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Tests;

public sealed class CheckpointTests
{
    private const int Customers = 6_000;

    [Fact]
    public void A_former_owner_that_read_the_state_of_the_next_one_goes_on_with_none_of_its_numbers()
    {
        var settings = new StoredSettings(new WindowBounds(TimeSpan.FromHours(1), 1, 1), []);
        SnapshotFile Of(long owner, long number) => new((owner << 20) + number, SnapshotKind.Changes, 1, default, 0);
        var state = PartitionState.Empty(settings) with { Files = [Of(3, 9), Of(7, 5)] };

        Assert.Equal((3L << 20) + 10, state.NextFile(epoch: 3));
        Assert.Equal((5L << 20) + 1, state.NextFile(epoch: 5));
        Assert.Equal((7L << 20) + 6, state.NextFile(epoch: 7));
        Assert.Equal((8L << 20) + 1, state.NextFile(epoch: 8));
        // One owner only.
        Assert.Equal((7L << 20) + 6, state.NextFile(epoch: 0));
    }

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
    public async Task Values_that_come_and_go_during_a_checkpoint_are_stored_and_read_as_they_were_set()
    {
        const int customers = 300;
        await using var harness = new EngineHarness();
        await harness.Open();
        using var done = new CancellationTokenSource();
        var rounds = 0;
        var writer = Task.Run(
            async () =>
            {
                for (; !done.IsCancellationRequested; rounds++)
                {
                    await harness.Upsert([
                        .. Enumerable
                            .Range(0, customers)
                            .Select(i => new CustomerUpdate(
                                $"c{i}",
                                $"{rounds}-{i % 10}",
                                [new("cart", $"{rounds}-{i}"), new("day", $"{rounds}")]
                            )),
                    ]);
                }
            },
            EngineHarness.Cancellation
        );

        for (var i = 0; i < 5; i++)
        {
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            var found = await Find($"day = \"{rounds}\"");
            Assert.InRange(found.Customers, 0, customers);
        }
        await done.CancelAsync();
        await writer;
        await AssertNewest();
        await harness.CrashAndReopen();
        await AssertNewest();

        Task<SegmentStatistics> Find(string filter) =>
            harness.Segment(query => query with { Filter = Filter.Parse(filter) });

        async Task AssertNewest()
        {
            var newest = rounds - 1;
            Assert.Equal(customers, (await Find($"day = \"{newest}\"")).Customers);
            Assert.Equal(0, (await Find($"day = \"{newest - 1}\"")).Customers);
            for (var i = 0; i < customers; i++)
            {
                var score = (await harness.Score($"c{i}"))!;
                Assert.Equal($"{newest}-{i % 10}", score.AccountId);
                Assert.Equal([new("cart", $"{newest}-{i}"), new("day", $"{newest}")], score.Attributes);
            }
            Assert.Equal(1, (await Find($"cart = \"{newest}-7\"")).Customers);
            Assert.Equal(customers / 10, (await harness.Health($"{newest}-3")).Customers);
        }
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
        // The number of steps that a checkpoint of these customers takes is not fixed: go on until one is never interrupted.
        for (var steps = 1; ; steps++)
        {
            await using var harness = new EngineHarness();
            await harness.Open();
            await RecordOneEach(harness, "first");
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await RecordOneEach(harness, "second");
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var go = new ManualResetEventSlim();
            var left = steps;
            harness.Probe = step =>
            {
                // The next file of the journal is made on a thread of its own, which does not wait for anybody.
                if (
                    step is CommitStep.SnapshotWritten or (>= CommitStep.StoreBegin and <= CommitStep.StoreCommitted)
                    && --left == 0
                )
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
                Assert.True(steps > 8, $"a checkpoint of {steps} steps is too small to say anything");
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
    public async Task Of_many_checkpoints_of_few_changes_the_newest_word_on_each_customer_holds()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordOneEach(harness, "first");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var expected = Enumerable.Repeat(1, Customers + 200).ToArray();
        Array.Clear(expected, Customers, 200);
        var random = new Random(3);
        var most = 0;
        // Enough for changes and ids to be written together anew, more than once.
        for (var round = 0; round < 150; round++)
        {
            var changed = Enumerable.Range(0, 5).Select(_ => random.Next(expected.Length)).Distinct().ToList();
            await harness.Record([.. changed.Select(i => new Sample($"c{i}", $"round-{round}"))]);
            changed.ForEach(i => expected[i]++);
            await harness.Engine.UpsertAccountsAsync(
                "",
                [new AccountUpdate($"acme-{round % 7}", round, [])],
                EngineHarness.Cancellation
            );
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            most = Math.Max(most, harness.Snapshots.Count);
            if (round % 30 == 29)
            {
                await harness.CrashAndReopen();
                Assert.Equal(0, harness.Engine.Recovery.EventsReplayed);
                for (var i = 0; i < expected.Length; i++)
                {
                    Assert.Equal(expected[i], expected[i] == 0 ? 0 : await harness.CountOf($"c{i}"));
                }
                Assert.Equal(
                    changed.Count,
                    (await harness.Record([.. changed.Select(i => new Sample($"c{i}", $"round-{round}"))])).Duplicates
                );
                Assert.Equal(1, (await harness.Record(new Sample("c17", "first"))).Duplicates);
            }
        }
        Assert.InRange(most, 3 * 10, 3 * 18);
    }

    [Fact]
    public async Task Event_ids_of_many_checkpoints_are_written_together_anew_and_all_are_known_still()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        const int rounds = 20;
        var most = 0;
        for (var round = 0; round < rounds; round++)
        {
            // Enough for every partition to begin a block of ids.
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => RecordOneEach(harness, $"{round}-{i}")));
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            most = Math.Max(most, harness.Snapshots.Count);
        }
        Assert.InRange(most, 3 * 10, 3 * 18);
        await harness.CrashAndReopen();

        for (var round = 0; round < rounds; round++)
        {
            Assert.Equal(Customers, (await RecordOneEach(harness, $"{round}-1")).Duplicates);
        }
    }

    [Fact]
    public async Task Files_that_hold_only_forgotten_ids_and_old_rows_are_removed()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with
        {
            DuplicateWindow = TimeSpan.FromMinutes(10),
            DuplicateWindowMinimum = 1,
        };
        await harness.Open();
        for (var round = 0; round < 10; round++)
        {
            await RecordOneEach(harness, $"round-{round}");
            harness.Clock.Advance(TimeSpan.FromHours(1));
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }

        // Everyone changed each time: one file of everyone and one of ids a partition.
        Assert.InRange(harness.Snapshots.Count, 3, 3 * 3);
        await harness.CrashAndReopen();
        Assert.Equal(10, await harness.CountOf("c1"));
        Assert.Equal(1, (await harness.Record(new Sample("c1", "round-1"))).Accepted);
    }

    [Fact]
    public async Task A_crash_at_any_step_of_putting_a_model_keeps_the_old_or_the_new()
    {
        var versions = new HashSet<int>();
        for (var steps = 1; ; steps++)
        {
            await using var harness = new EngineHarness();
            await harness.Open();
            var left = steps;
            harness.Probe = step =>
            {
                if (step >= CommitStep.StoreBegin && --left == 0)
                {
                    harness.UseCopyOfFiles();
                }
            };
            var running = harness.Engine;
            var directory = harness.Directory;
            await running.PutModelAsync("", Samples.Model(weight: 9), EngineHarness.Cancellation);
            await running.PutModelAsync("", Samples.Model() with { Name = "more" }, EngineHarness.Cancellation);
            harness.Probe = null;
            var interrupted = harness.Directory != directory;
            await running.DisposeAsync();

            await harness.Open();
            var models = await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation);
            versions.Add(models.Sum(model => model.Version));
            Assert.InRange(models.Count, 1, 2);
            var engagement = models.Single(model => model.Name == "engagement");
            var history = await harness.Engine.ListModelVersionsAsync("", "engagement", EngineHarness.Cancellation);
            Assert.Equal(Enumerable.Range(1, engagement.Version).Reverse(), history.Select(version => version.Version));
            Assert.Equal(
                1,
                (
                    await harness.Engine.PutModelAsync(
                        "",
                        Samples.Model() with
                        {
                            Name = "next",
                        },
                        EngineHarness.Cancellation
                    )
                ).Version
            );
            await harness.Reopen();
            Assert.Equal(
                models.Count + 1,
                (await harness.Engine.ListModelsAsync("", EngineHarness.Cancellation)).Count
            );
            if (!interrupted)
            {
                // The first version, the second, and with one of another name.
                Assert.Equal([1, 2, 3], versions.Order());
                return;
            }
        }
    }

    [Fact]
    public async Task What_a_checkpoint_that_was_broken_off_left_is_removed_at_the_start()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordOneEach(harness, "first");
        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = step =>
        {
            if (step == CommitStep.SnapshotWritten)
            {
                reached.Set();
                go.Wait(EngineHarness.Cancellation);
            }
        };
        var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        reached.Wait(EngineHarness.Cancellation);
        var running = harness.Engine;
        harness.UseCopyOfFiles();
        harness.Probe = null;
        go.Set();
        await checkpoint;
        await running.DisposeAsync();
        Assert.Single(harness.Snapshots);

        await harness.Open();

        Assert.Empty(harness.Snapshots);
        Assert.Equal(1, await harness.CountOf("c1"));
    }

    private static Task<WriteResult> RecordOneEach(EngineHarness harness, string? id) =>
        harness.Record([.. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", id))]);
}
