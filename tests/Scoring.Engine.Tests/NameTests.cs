using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Core;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests;

/// <summary>Names fill up, are reported before they do, and are removed again.</summary>
public sealed class NameTests
{
    [Fact]
    public async Task What_models_and_settings_use_has_room_whatever_came_before()
    {
        await using var harness = await Start(s =>
            s with
            {
                PassiveEventTypes = ["bounced"],
                KeyFeatures = ["export"],
                Lifecycle = new LifecycleSettings { EndingEventTypes = ["left"], ReturningEventTypes = ["came_back"] },
            }
        );
        await FillUp(harness);

        for (var round = 0; round < 2; round++)
        {
            var result = await harness.Record(
                new Sample("c", Type: "purchase"),
                new Sample("c", Type: "bounced"),
                new Sample("c", Type: "left"),
                new Sample("c", Type: "came_back", Feature: "export"),
                new Sample("c", Type: "unheard_of"),
                new Sample("c", Type: "login", Feature: "unheard_of"),
                // What happens to a customer uses no feature.
                new Sample("c", Type: "bounced", Feature: "unheard_of")
            );
            Assert.Equal([4, 5], result.Rejections.Select(r => r.Index));
            Assert.Equal(["type", "feature"], result.Rejections.Select(r => r.Field));
            await harness.CrashAndReopen();
        }
    }

    [Fact]
    public async Task What_a_model_uses_that_is_put_later_has_room_and_loses_it_with_the_model()
    {
        await using var harness = await Start();
        await FillUp(harness);
        Assert.Single((await harness.Record(new Sample("c", Type: "signup"))).Rejections);

        var model = Samples.Model("growth");
        await harness.Put(model with { Terms = [(EventTerm)model.Terms[0] with { EventType = "signup" }] });
        await harness.CrashAndReopen();
        Assert.Empty((await harness.Record(new Sample("c", Type: "signup"))).Rejections);

        await harness.Put(model with { Terms = [(EventTerm)model.Terms[0] with { EventType = "renewal" }] });
        Assert.Empty((await harness.Record(new Sample("c", Type: "renewal"))).Rejections);
        Assert.Empty((await harness.Record(new Sample("c", Type: "signup"))).Rejections);
        // Signup takes up room like any other now.
        Assert.Equal(Limits.EventTypes + 1, await Used(harness, NameKind.EventType));

        await harness.Put(model with { Terms = [new RecencyTerm([], 7, 1) { EventType = "refund" }] });
        Assert.Empty((await harness.Record(new Sample("c", Type: "refund"))).Rejections);
        var all = await harness.Backend.PruneNamesAsync(
            "",
            new NamePruning(NameKind.EventType, ["*"], null, DryRun: false),
            EngineHarness.Cancellation
        );
        Assert.DoesNotContain("refund", all.Pruned.Select(use => use.Name.Name));
        Assert.NotNull((await harness.Customer("c"))!.Events.Single(type => type.EventType == "refund").LastDay);
    }

    [Fact]
    public async Task Models_that_use_too_many_names_together_are_refused()
    {
        await using var harness = await Start();
        var model = Samples.Model();
        for (var i = 0; i < 3; i++)
        {
            await harness.Put(Many($"m{i}"));
        }
        var error = await Assert.ThrowsAsync<ScoringException>(() => harness.Put(Many("m3")));
        Assert.Equal(ScoringError.LimitExceeded, error.Error);
        await harness.Put(Many("m2"));

        Core.Models.ScoringModel Many(string name) =>
            model with
            {
                Name = name,
                Terms =
                [
                    .. Enumerable
                        .Range(0, Limits.Terms)
                        .Select(i => (EventTerm)model.Terms[0] with { EventType = $"{name}-{i}" }),
                ],
            };
    }

    [Fact]
    public async Task Names_are_listed_with_what_uses_them_and_the_room_that_is_left()
    {
        await using var harness = await Start();
        await harness.Record(
            new Sample("a", Type: "junk", Feature: "f"),
            new Sample("b", Type: "junk"),
            new Sample("b")
        );
        await harness.Upsert(new CustomerUpdate("a", "", [new("plan", "pro")]));
        await harness.Upsert(new AccountUpdate("acme", 1, [new("tier", "1"), new("city", "x")]));
        var today = harness.Now.UtcDay;

        for (var round = 0; round < 2; round++)
        {
            var list = await List(harness);
            Assert.Equal(
                [
                    (NameKind.EventType, "complaint", null, 0, "model engagement"),
                    (NameKind.EventType, "junk", today, 2, ""),
                    (NameKind.EventType, "login", today, 1, "model engagement"),
                    (NameKind.EventType, "purchase", null, 0, "model engagement"),
                    (NameKind.EventType, "subscription_cancelled", null, 0, "setting EndingEventTypes"),
                    (NameKind.EventType, "subscription_started", null, 0, "setting ReturningEventTypes"),
                    (NameKind.Feature, "f", today, null, ""),
                    (NameKind.CustomerAttribute, "plan", today, 1, ""),
                    (NameKind.AccountAttribute, "city", null, 1, ""),
                    (NameKind.AccountAttribute, "tier", (int?)null, (long?)1, ""),
                ],
                list.Names.Select(n => (n.Name.Kind, n.Name.Name, n.LastDay, n.Holders, string.Join(", ", n.UsedBy)))
            );
            Assert.Equal(
                [
                    (NameKind.EventType, 1, Limits.EventTypes),
                    (NameKind.Feature, 1, Limits.Features),
                    (NameKind.CustomerAttribute, 1, Limits.Attributes),
                    (NameKind.AccountAttribute, 2, Limits.Attributes),
                ],
                list.Rooms.Select(r => (r.Kind, r.Used, r.Limit))
            );
            await (round == 0 ? harness.Reopen() : harness.CrashAndReopen());
            harness.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task Pruned_names_are_gone_for_good_and_make_room()
    {
        await using var harness = await Start();
        await FillUp(harness);
        await harness.Record(
            new Sample("keeper", "1", "login", Feature: "f-1"),
            new Sample("keeper", "2", "junk-7", 3)
        );
        await harness.Upsert(new CustomerUpdate("keeper", "", [new("plan", "pro"), new("junk-key", "x")]));
        await harness.Upsert(new AccountUpdate("acme", 1, [new("junk-account-key", "x"), new("tier", "1")]));
        var before = (await harness.Score("keeper"))!;
        await harness.Segment(q => q with { EventTotals = true });

        var dry = await Prune(harness, new(null, ["junk*"], null, DryRun: true));
        Assert.Equal(Limits.EventTypes + 2, dry.Pruned.Count);
        Assert.Single((await harness.Record(new Sample("c", Type: "signup"))).Rejections);
        var pruned = await Prune(harness, new(null, ["junk*"], null, DryRun: false));
        Assert.Equal(dry.Pruned.Select(n => n.Name), pruned.Pruned.Select(n => n.Name));

        for (var round = 0; round < 3; round++)
        {
            Assert.Empty((await harness.Record(new Sample("c", $"s{round}", $"signup-{round}"))).Rejections);
            var names = (await List(harness)).Names;
            Assert.DoesNotContain(names, n => n.Name.Name.StartsWith("junk", StringComparison.Ordinal));
            Assert.Equal(round + 1, await Used(harness, NameKind.EventType));
            var after = (await harness.Score("keeper"))!;
            Assert.Equal(before.Score, after.Score);
            Assert.Equal([new("plan", "pro")], after.Attributes);
            var totals = (await harness.Segment(q => q with { EventTotals = true })).EventTotals;
            Assert.Equal(
                ["login", .. Enumerable.Range(0, round + 1).Select(i => $"signup-{i}")],
                totals.Select(t => t.EventType).Order(StringComparer.Ordinal)
            );
            Assert.All(totals, t => Assert.Equal(1, t.Count));
            await (round == 1 ? harness.Reopen() : harness.CrashAndReopen());
        }
    }

    [Fact]
    public async Task Without_patterns_only_types_and_features_not_received_lately_are_pruned()
    {
        await using var harness = await Start();
        await harness.Upsert(new CustomerUpdate("a", "", [new("plan", "pro")]));
        await harness.Record(new Sample("a", "1", "old"), new Sample("a", "2", "login", Feature: "old-feature"));
        harness.Clock.Advance(TimeSpan.FromDays(30));
        await harness.CrashAndReopen();
        await harness.Record(new Sample("a", "3", "recent", Feature: "recent-feature"));

        var pruned = await Prune(harness, new(null, [], null, DryRun: false));

        Assert.Equal(["old", "old-feature"], pruned.Pruned.Select(n => n.Name.Name));
        Assert.Equal(["recent", "recent-feature"], pruned.Kept.Select(n => n.Name.Name));
        var used = await Prune(harness, new(NameKind.EventType, ["login"], null, DryRun: false));
        Assert.Empty(used.Pruned);
        Assert.Equal(["model engagement"], Assert.Single(used.Kept).UsedBy);
    }

    [Fact]
    public async Task A_prune_between_the_pieces_of_a_checkpoint_is_replayed_as_it_was()
    {
        await using var harness = await Start();
        await harness.Record([
            .. Enumerable.Range(0, 4_000).Select(i => new Sample($"c{i}", $"{i}", "junk", 2, Feature: "junk-feature")),
        ]);
        using var reached = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        harness.Probe = step =>
        {
            if (step == CommitStep.SnapshotWritten)
            {
                reached.Release();
                go.Wait(EngineHarness.Cancellation);
            }
        };
        var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await reached.WaitAsync(EngineHarness.Cancellation);
        await Prune(harness, new(null, ["junk*"], null, DryRun: false));
        // The last customers are written with this already, the first without.
        await harness.Record(new Sample("c0", "again", "junk"), new Sample("c3999", "again", "junk"));
        harness.Probe = null;
        go.Release(1_000);
        await checkpoint;

        await harness.CrashAndReopen();

        var names = (await List(harness)).Names;
        Assert.Equal(2, Assert.Single(names, n => n.Name.Name == "junk").Holders);
        Assert.DoesNotContain(names, n => n.Name.Name == "junk-feature");
    }

    [Fact]
    public async Task Room_that_is_nearly_taken_is_reported_once_before_it_is()
    {
        var logs = new FakeLogger();
        await using var harness = await Start(logger: logs);
        await harness.Record([.. Enumerable.Range(0, 799).Select(i => new Sample("a", Type: $"junk-{i}"))]);
        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(WarningsOf(logs));

        await harness.Record(new Sample("a", Type: "junk-799"));
        harness.Clock.Advance(TimeSpan.FromMinutes(1));
        harness.Clock.Advance(TimeSpan.FromMinutes(1));

        var warning = Assert.Single(WarningsOf(logs));
        Assert.Contains("has 800 event types", warning, StringComparison.Ordinal);
        Assert.True((await List(harness)).Rooms[0].IsNearlyFull);
    }

    private static async Task<EngineHarness> Start(
        Func<WorkspaceSettings, WorkspaceSettings>? settings = null,
        ILogger? logger = null
    )
    {
        var workspace = new WorkspaceSettings { Name = WorkspaceSettings.DefaultName };
        var harness = new EngineHarness();
        harness.Options = harness.Options with
        {
            Partitions = 1,
            Workspaces = [settings?.Invoke(workspace) ?? workspace],
            Logger = logger ?? harness.Options.Logger,
        };
        await harness.Open();
        return harness;
    }

    private static async Task FillUp(EngineHarness harness)
    {
        var result = await harness.Record([
            .. Enumerable
                .Range(0, Limits.EventTypes)
                .Select(i => new Sample("a", Type: $"junk-{i}", Feature: $"f-{i}")),
        ]);
        Assert.Empty(result.Rejections);
    }

    private static IEnumerable<string> WarningsOf(FakeLogger logs) =>
        logs
            .Collector.GetSnapshot()
            .Where(line =>
                line.Level == LogLevel.Warning && line.Message.Contains("scoring names", StringComparison.Ordinal)
            )
            .Select(line => line.Message);

    private static async Task<int> Used(EngineHarness harness, NameKind kind) =>
        (await List(harness)).Rooms.Single(room => room.Kind == kind).Used;

    private static async Task<NameList> List(EngineHarness harness) =>
        await harness.Backend.ListNamesAsync("", EngineHarness.Cancellation);

    private static async Task<PrunedNames> Prune(EngineHarness harness, NamePruning pruning) =>
        await harness.Backend.PruneNamesAsync("", pruning, EngineHarness.Cancellation);
}
