using Microsoft.Extensions.Logging.Testing;
using Scoring.Core;
using Scoring.Core.Lifecycles;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests;

public sealed class SettingsTests
{
    private static readonly WorkspaceSettings Default = new() { Name = "default" };
    private static readonly WorkspaceSettings Other = new() { Name = "other", HalfLivesDays = [5] };

    [Fact]
    public async Task Workspaces_are_apart()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Workspaces = [Default, Other] };
        await harness.Open();
        using var batch = Samples.Batch([new Sample("a", "1")], "other");
        await harness.Engine.RecordAsync(batch, EngineHarness.Cancellation);

        Assert.Null(await harness.Score("a"));
        Assert.Equal(["login"], await harness.Engine.ListEventTypesAsync("other", EngineHarness.Cancellation));
        Assert.Empty(await harness.Engine.ListEventTypesAsync("", EngineHarness.Cancellation));
    }

    [Fact]
    public async Task Changed_half_lives_are_refused_once_there_is_data_and_the_setting_is_named()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a"));
        await harness.Engine.DisposeAsync();
        harness.Options = harness.Options with { Workspaces = [Default with { HalfLivesDays = [1, 2] }] };

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("HalfLivesDays", error.Message, StringComparison.Ordinal);
        Assert.Contains("'default'", error.Message, StringComparison.Ordinal);
        harness.Options = harness.Options with { Workspaces = [Default] };
        await harness.Open();
        Assert.Equal(1, await harness.CountOf("a"));
    }

    [Fact]
    public async Task Changed_half_lives_hold_where_there_is_no_data_yet()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Workspaces = [Other], Models = [] };
        await harness.Open();
        harness.Options = harness.Options with { Workspaces = [Other with { HalfLivesDays = [7, 30] }] };
        await harness.Reopen();

        var stored = await harness.Engine.PutModelAsync("other", Samples.Model(), EngineHarness.Cancellation);

        Assert.Equal(1, stored.Version);
    }

    [Fact]
    public async Task The_log_says_which_workspaces_were_added_and_which_were_changed_and_nothing_of_others()
    {
        var log = new FakeLogger();
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Workspaces = [Default], Logger = log };
        await harness.Open();
        harness.Options = harness.Options with { DuplicateWindowMinimum = 17 };
        await harness.Reopen();
        Assert.Empty(Workspaces());

        harness.Options = harness.Options with { Workspaces = [Default, Other] };
        await harness.Reopen();
        Assert.Equal(["Workspace other was added."], Workspaces());

        harness.Options = harness.Options with { Workspaces = [Default, Other with { PassiveEventTypes = ["x"] }] };
        await harness.Reopen();
        Assert.StartsWith("Settings of workspace other that", Workspaces()[^1], StringComparison.Ordinal);
        Assert.Equal(2, Workspaces().Length);

        // Of workspaces that were changed, and added.
        string[] Workspaces() =>
            [.. log.Collector.GetSnapshot().Where(line => line.Id.Id is 11 or 17).Select(line => line.Message)];
    }

    [Fact]
    public async Task Changed_half_lives_that_a_stored_model_needs_are_refused_and_the_model_is_named()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Engine.DisposeAsync();
        harness.Options = harness.Options with { Workspaces = [Default with { HalfLivesDays = [1] }] };

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("'engagement'", error.Message, StringComparison.Ordinal);
        Assert.Contains("HalfLivesDays", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_with_data_that_is_not_configured_any_more_is_never_dropped()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Workspaces = [Other] };
        await harness.Open();
        await harness.Engine.UpsertAccountsAsync(
            "other",
            [new AccountUpdate("acme", 1, [])],
            EngineHarness.Cancellation
        );
        await harness.Engine.DisposeAsync();
        harness.Options = harness.Options with { Workspaces = [] };

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_can_be_added_to_a_store_with_data()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        harness.Options = harness.Options with { Workspaces = [Other] };

        await harness.CrashAndReopen();

        using var batch = Samples.Batch([new Sample("a", "1")], "other");
        Assert.Equal(1, (await harness.Engine.RecordAsync(batch, EngineHarness.Cancellation)).Accepted);
        Assert.Equal(1, await harness.CountOf("a"));
        await harness.CrashAndReopen();
        Assert.Equal(1, (await harness.Engine.RecordAsync(batch, EngineHarness.Cancellation)).Duplicates);
    }

    [Fact]
    public async Task Event_types_that_become_passive_leave_what_was_recorded_before_a_crash_as_it_was()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1", "complaint"));
        harness.Options = harness.Options with { Workspaces = [Default with { PassiveEventTypes = ["complaint"] }] };

        await harness.CrashAndReopen();
        await harness.Record(new Sample("b", "1", "complaint"));

        var segment = await harness.Engine.GetSegmentStatisticsAsync(
            new() { Workspace = "default" },
            EngineHarness.Cancellation
        );
        Assert.Equal(1, segment.Activity!.DailyActive);
    }

    [Fact]
    public async Task Event_types_that_come_to_end_a_lifecycle_leave_what_was_recorded_before_a_crash_as_it_was()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1", "complaint"));
        var lifecycle = new LifecycleSettings { EndingEventTypes = ["complaint"], NewDays = 3 };
        harness.Options = harness.Options with { Workspaces = [Default with { Lifecycle = lifecycle }] };

        await harness.CrashAndReopen();
        await harness.Record(new Sample("b", "1", "complaint"));
        await harness.CrashAndReopen();
        harness.Clock.Advance(TimeSpan.FromDays(3));

        Assert.Equal(
            [Lifecycle.Active, Lifecycle.Churned],
            (await harness.Scores(null, "a", "b")).Select(s => s!.Lifecycle)
        );
    }

    [Fact]
    public async Task A_store_keeps_the_number_of_partitions_that_it_was_made_with()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record([.. Enumerable.Range(0, 100).Select(i => new Sample($"c{i}", "1"))]);
        harness.Options = harness.Options with { Partitions = 7 };

        await harness.Reopen();

        Assert.Equal(3, harness.Engine.Recovery.Partitions);
        Assert.Equal(1, await harness.CountOf("c42"));
    }

    [Fact]
    public async Task An_acknowledgement_says_what_it_means()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        Assert.Equal(Durability.OnDisk, (await harness.Record(new Sample("a", "1"))).Durability);

        harness.Options = harness.Options with { Durability = Durability.InOsCache };
        await harness.Reopen();

        Assert.Equal(Durability.InOsCache, (await harness.Record(new Sample("a", "2"))).Durability);
        await harness.CrashAndReopen();
        Assert.Equal(2, await harness.CountOf("a"));
    }
}
