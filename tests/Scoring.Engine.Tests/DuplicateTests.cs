using Scoring.Core.Recording;

namespace Scoring.Engine.Tests;

public sealed class DuplicateTests
{
    [Fact]
    public async Task Ids_are_remembered_across_a_graceful_stop() => await IdsAreRemembered(h => h.Reopen());

    [Fact]
    public async Task Ids_are_remembered_across_a_checkpoint_and_a_crash() =>
        await IdsAreRemembered(async harness =>
        {
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await harness.CrashAndReopen();
        });

    [Fact]
    public async Task An_id_is_forgotten_after_the_window_also_across_restarts()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { DuplicateWindowMinimum = 1, Partitions = 1 };
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        harness.Clock.Advance(TimeSpan.FromMinutes(59));
        await harness.Record(new Sample("a", "2"));
        await harness.Reopen();
        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Duplicates);

        harness.Clock.Advance(TimeSpan.FromMinutes(2));
        await harness.CrashAndReopen();

        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Accepted);
        Assert.Equal(1, (await harness.Record(new Sample("a", "2"))).Duplicates);
    }

    [Fact]
    public async Task A_replay_forgets_by_the_time_of_receipt_and_not_by_the_clock_at_the_replay()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { DuplicateWindowMinimum = 1, Partitions = 1 };
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("a", "2"));
        // Answered "duplicate": a replay much later must come to the same, or the event would be counted twice.
        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Duplicates);

        harness.Clock.Advance(TimeSpan.FromDays(3));
        await harness.CrashAndReopen();

        Assert.Equal(2, await harness.CountOf("a"));
    }

    [Fact]
    public async Task A_smaller_window_holds_from_the_restart_on_and_changes_nothing_that_was_answered()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("a", "2"), new Sample("a", "3"));
        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Duplicates);

        harness.Options = harness.Options with { DuplicateWindowMinimum = 1, DuplicateWindowMaximum = 1 };
        await harness.CrashAndReopen();

        Assert.Equal(3, await harness.CountOf("a"));
        await harness.Record(new Sample("a", "4"));
        Assert.Equal(1, (await harness.Record(new Sample("a", "3"))).Accepted);
    }

    private static async Task IdsAreRemembered(Func<EngineHarness, Task> restart)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        Sample[] events = [.. Enumerable.Range(0, 10_000).Select(i => new Sample($"c{i % 100}", $"{i}"))];
        await harness.Record(events);

        await restart(harness);

        var again = await harness.Record([.. events, new Sample("c0", "0", Value: 2), new Sample("c0", "new")]);
        Assert.Equal((1, 10_000), (again.Accepted, again.Duplicates));
        Assert.Equal(RejectionReason.EventIdConflict, Assert.Single(again.Rejections).Reason);
        Assert.Equal(100, await harness.CountOf("c7"));
    }
}
