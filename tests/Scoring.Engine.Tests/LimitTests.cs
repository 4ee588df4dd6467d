using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Recording;

namespace Scoring.Engine.Tests;

public sealed class LimitTests
{
    private static readonly Sample OneTypeTooMany = new("late", "late", "one-too-many");
    private static readonly Sample OneFeatureTooMany = new("late", "later", "type-1", Feature: "one-too-many");

    [Fact]
    public async Task An_event_beyond_a_limit_is_rejected_alone_and_stays_rejected_whatever_happens()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        var result = await harness.Record([
            .. Enumerable
                .Range(0, Limits.EventTypes)
                .Select(i => new Sample("a", $"{i}", $"type-{i}", Feature: $"f-{i}")),
            OneTypeTooMany,
            OneFeatureTooMany,
        ]);
        Assert.Equal(Limits.EventTypes, result.Accepted);
        AssertRejected(result.Rejections);

        await IsStillRejected(harness);
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await IsStillRejected(harness);
        await harness.CrashAndReopen();
        await IsStillRejected(harness);
        Assert.Null(await harness.Score("late"));
    }

    [Theory]
    [InlineData(3, 1_000, 1_000_000)] // customers
    [InlineData(1_000, 18, 1_000_000)] // bytes of ids: each takes 4
    [InlineData(1_000, 1_000, 280)] // bytes of facts: each takes 72
    public async Task A_customer_beyond_what_a_partition_may_hold_is_rejected_alone_and_stays_so(
        int customers,
        long idBytes,
        long factsBytes
    )
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with
        {
            Partitions = 1,
            PopulationBounds = new(customers, idBytes, factsBytes),
        };
        await harness.Open();
        var result = await harness.Record([
            new("a", "1", "t"),
            new("b", "2", "t"),
            new("c", "3", "t"),
            new("d", "4", "t"),
            new("a", "5", "t"),
        ]);
        Assert.Equal(4, result.Accepted);
        await FourthIsRejected("6");
        await harness.CrashAndReopen();
        await FourthIsRejected("7");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.CrashAndReopen();
        await FourthIsRejected("8");
        Assert.Null(await harness.Score("d"));

        async Task FourthIsRejected(string eventId)
        {
            var answer = await harness.Record([new("d", "4", "t"), new("b", eventId, "t"), new("a", "5", "t")]);
            Assert.Equal((1, 1), (answer.Accepted, answer.Duplicates));
            var rejection = Assert.Single(answer.Rejections);
            Assert.Equal(
                (0, RejectionReason.LimitExceeded, "customer_id"),
                (rejection.Index, rejection.Reason, rejection.Field)
            );
        }
    }

    [Fact]
    public async Task Customers_at_the_limit_swap_attribute_keys_that_nobody_else_has()
    {
        await using var host = new EngineHarness();
        host.Options = host.Options with { Partitions = 1 };
        await host.Open();
        await host.Upsert(
            new CustomerUpdate("a", "", Keys(0, Limits.Attributes)),
            new CustomerUpdate("b", "", [new("k5", "v")])
        );

        var result = await host.Upsert(
            new CustomerUpdate("a", "", [new("k0", ""), new("k64", "x")]),
            new CustomerUpdate("a", "", [new("k65", "x"), new("k1", "")]),
            // Another customer has k5 still.
            new CustomerUpdate("a", "", [new("k5", ""), new("k66", "x")]),
            new CustomerUpdate("b", "", [new("k5", "")]),
            new CustomerUpdate("a", "", [new("k67", "x"), new("k5", "")]),
            // What one gives up another may have.
            new CustomerUpdate("a", "", [new("k2", "")]),
            new CustomerUpdate("c", "", [new("k68", "x")]),
            new CustomerUpdate("d", "", [new("k69", "x")])
        );

        Assert.Equal([2, 7], result.Rejections.Select(r => r.Index));
        Assert.All(result.Rejections, r => Assert.Equal(RejectionReason.LimitExceeded, r.Reason));
        await host.CrashAndReopen();
        Assert.Equal(
            Keys(3, 2).Concat(Keys(6, 60 - 2)).Concat([new("k64", "x"), new("k65", "x"), new("k67", "x")]).Order(ByKey),
            (await host.Score("a"))!.Attributes
        );
        Assert.Equal([new("k68", "x")], (await host.Score("c"))!.Attributes);
        Assert.Null(await host.Score("d"));
        Assert.Equal(0, (await host.Segment(query => query with { Filter = Filter.Parse("k0 = \"v\"") })).Customers);
        Assert.Equal(1, (await host.Segment(query => query with { Filter = Filter.Parse("k64 = \"x\"") })).Customers);
    }

    private static IComparer<KeyValuePair<string, string>> ByKey =>
        Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static KeyValuePair<string, string>[] Keys(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => KeyValuePair.Create($"k{i}", "v"))];

    private static async Task IsStillRejected(EngineHarness harness)
    {
        var result = await harness.Record([
            .. Enumerable.Repeat(new Sample("a", "0", "type-0", Feature: "f-0"), Limits.EventTypes),
            OneTypeTooMany,
            OneFeatureTooMany,
        ]);
        Assert.Equal((0, Limits.EventTypes), (result.Accepted, result.Duplicates));
        AssertRejected(result.Rejections);
    }

    private static void AssertRejected(IReadOnlyList<Rejection> rejections) =>
        Assert.Equal(
            [
                (Limits.EventTypes, RejectionReason.LimitExceeded, "type"),
                (Limits.EventTypes + 1, RejectionReason.LimitExceeded, "feature"),
            ],
            rejections.Select(r => (r.Index, r.Reason, r.Field))
        );
}
