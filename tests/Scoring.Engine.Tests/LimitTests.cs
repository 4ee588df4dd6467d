using Scoring.Core;
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
