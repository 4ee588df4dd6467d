using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Names;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Relay;

/// <summary>Figures of many customers, from three silos as from one.</summary>
public sealed class FiguresSpecs
{
    private static readonly SegmentQuery Query = new()
    {
        Workspace = WorkspaceSettings.DefaultName,
        Percentiles = [0, 10, 50, 99, 100],
        Top = 10,
        Bottom = 10,
        EventTotals = true,
    };

    [Fact]
    public async Task A_segment_is_the_same_from_one_silo_and_from_three_and_each_silo_is_asked_at_most_twice()
    {
        Sample[] events =
        [
            .. Enumerable
                .Range(0, 12_000)
                .Select(i => new Sample(
                    $"customer-{i % 9_000}",
                    Type: Samples.Types[i % 3],
                    Value: i % 7,
                    Account: $"a-{i % 3}"
                )),
        ];
        await using var one = await TestSilos.StartAsync(1);
        await using var three = await TestSilos.StartAsync(3);
        await three.AllHomeAsync();
        await one.RecordAsync(0, events);
        await three.RecordAsync(0, events);
        var before = three.Relayed;

        var expected = await one.Front(0).GetSegmentStatisticsAsync(Query, TestSilos.Cancellation);
        var found = await three.Front(1).GetSegmentStatisticsAsync(Query, TestSilos.Cancellation);

        Assert.InRange(three.Relayed - before, 2, 4);
        Assert.Equal(9_000, found.Customers);
        Assert.Equal((expected.Min, expected.Max, expected.Activity), (found.Min, found.Max, found.Activity));
        Assert.Equal(expected.Percentiles, found.Percentiles);
        Assert.Equal(expected.Histogram, found.Histogram);
        Assert.Equal(expected.Bands, found.Bands);
        Assert.Equal(expected.Lifecycles, found.Lifecycles);
        Assert.Equal(expected.Top, found.Top);
        Assert.Equal(expected.Bottom, found.Bottom);
        Assert.Equal(expected.Mean!.Value, found.Mean!.Value, 9);
        Assert.Equal(expected.EventTotals, found.EventTotals);
    }

    [Fact]
    public async Task An_account_is_the_same_from_one_silo_and_from_three_and_each_silo_is_asked_once()
    {
        Sample[] events =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i => new Sample($"customer-{i % 90}", Account: $"a/{i % 2}", Feature: $"feature-{i % 5}")),
        ];
        await using var one = await TestSilos.StartAsync(1);
        await using var three = await TestSilos.StartAsync(3);
        await three.AllHomeAsync();
        await one.RecordAsync(0, events);
        await three.RecordAsync(0, events);
        var query = new AccountHealthQuery("", "a/1", 30, "", null);
        var before = three.Relayed;

        var expected = await one.Front(0).GetAccountHealthAsync(query, TestSilos.Cancellation);
        var found = await three.Front(1).GetAccountHealthAsync(query, TestSilos.Cancellation);

        Assert.Equal(2, three.Relayed - before);
        Assert.Equal(5, found.Depth.FeaturesUsed);
        Assert.Equivalent(expected, found, strict: true);
        var refusal = await Assert.ThrowsAsync<ScoringException>(async () =>
            await three.Front(2).GetAccountHealthAsync(query with { AccountId = "nobody" }, TestSilos.Cancellation)
        );
        Assert.Equal((ScoringError.AccountNotFound, "nobody"), (refusal.Error, refusal.Subject));
    }

    [Fact]
    public async Task Figures_are_complete_though_a_silo_is_killed_while_they_are_read()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.AllHomeAsync();
        await cluster.RecordAsync(0, [.. Enumerable.Range(0, 500).Select(i => new Sample($"customer-{i}"))]);
        var reading = Task.Run(
            async () =>
            {
                var least = long.MaxValue;
                for (var i = 0; i < 40; i++)
                {
                    var read = await cluster.Front(0).GetSegmentStatisticsAsync(Query, TestSilos.Cancellation);
                    least = Math.Min(least, read.Customers);
                }
                return least;
            },
            TestSilos.Cancellation
        );

        await cluster.KillAsync(cluster.Up[2]);

        Assert.Equal(500, await reading);
        Assert.Equal(500, (await cluster.Front(1).GetSegmentStatisticsAsync(Query, TestSilos.Cancellation)).Customers);
    }

    [Fact]
    public async Task Names_are_those_of_all_silos_and_pruning_says_what_it_did()
    {
        await using var cluster = await TestSilos.StartAsync(3);
        await cluster.RecordAsync(
            0,
            [.. Enumerable.Range(0, 60).Select(i => new Sample($"customer-{i}", Type: $"type-{i}"))]
        );

        var types = await cluster.Front(1).ListEventTypesAsync(WorkspaceSettings.DefaultName, TestSilos.Cancellation);
        var pruned = await cluster
            .Front(2)
            .PruneNamesAsync(
                WorkspaceSettings.DefaultName,
                new NamePruning(null, ["type-1", "login"], null, DryRun: true),
                TestSilos.Cancellation
            );

        Assert.Equal(60, types.Count);
        Assert.Equal("type-1", Assert.Single(pruned.Pruned).Name.Name);
        Assert.Equal(["model engagement"], Assert.Single(pruned.Kept).UsedBy);
    }
}
