using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Tests;

/// <summary>Merges of customers of different partitions, which no single write reaches.</summary>
public sealed class MergeTests
{
    [Fact]
    public async Task A_crash_at_any_step_of_a_merge_leaves_it_done_or_not_begun()
    {
        var (done, notBegun) = (0, 0);
        for (var steps = 1; ; steps++)
        {
            await using var harness = new EngineHarness();
            harness.Options = harness.Options with { Partitions = 8 };
            await harness.Open();
            await harness.Record([.. Enumerable.Range(0, 8).Select(i => new Sample($"c{i}", "e1"))]);
            var (left, directory, running) = (steps, harness.Directory, harness.Engine);
            harness.Probe = _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    harness.UseCopyOfFiles();
                }
            };
            await harness.Merge("c0", "c1", "c2", "c3");
            harness.Probe = null;
            await running.DisposeAsync();
            await harness.Open();

            // What was found half done is done by the time the store is open.
            var scores = await harness.Scores(null, "c0", "c1", "c2", "c3");
            var survivors = scores.Select(score => score!.CustomerId).Distinct().Count();
            Assert.True(survivors is 1 or 4, $"{survivors} after {steps} steps");
            Assert.Equal(survivors == 1 ? 4 : 1, await harness.CountOf("c0"));
            var everyone = await harness.Segment(query => query with { EventTotals = true });
            Assert.Equal((4L + survivors, 8d), (everyone.Customers, everyone.EventTotals.Sum(total => total.Count)));
            (done, notBegun) = survivors == 1 ? (done + 1, notBegun) : (done, notBegun + 1);
            await harness.Merge("c0", "c1", "c2", "c3");
            var again = await harness.Record(new Sample("c3", "e1"), new Sample("c2", "e2"));
            Assert.Equal((1, 1), (again.Accepted, again.Duplicates));
            Assert.Equal(5, await harness.CountOf("c1"));
            if (harness.Directory == directory)
            {
                break;
            }
        }
        Assert.True(done > 5 && notBegun > 1, $"{done} done, {notBegun} not begun");
    }

    [Theory]
    [InlineData("score")]
    [InlineData("event")]
    [InlineData("merge")]
    public async Task A_merge_that_another_server_left_half_done_is_ended_by_whoever_meets_it(string by)
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 8 };
        await harness.Open();
        await harness.Record(new Sample("c0"), new Sample("c1"), new Sample("c2"), new Sample("c3"));
        var host = harness.Engine.Host;
        var plan = new MergeDocument(Number: 1, new MergePlan("c0", ["c1"]));
        await host.TryPutDocumentAsync("merges-0", replaced: 0, plan.Write());
        var begun = new HostPart(PartitionOf("c1"), new MergeStep(Fence: 1, "c1", "c0").Write());
        await host.WriteAsync(new HostWrite("", CommandKind.BeginMerge, [begun]), EngineHarness.Cancellation);

        switch (by)
        {
            case "score":
                Assert.Equal("c0", (await harness.Score("c1"))!.CustomerId);
                break;
            case "merge":
                await harness.Merge("c2", "c3");
                break;
            default:
                Assert.Equal(1, (await harness.Record(new Sample("c1"))).Accepted);
                break;
        }

        Assert.Equal(
            (by == "event" ? 3 : 2, "c0"),
            (await harness.CountOf("c1"), (await harness.Score("c1"))!.CustomerId)
        );
        // What the other server does when it comes back is too late.
        var late = new HostPart(PartitionOf("c1"), new MergeStep(Fence: 1, "c1").Write());
        await host.WriteAsync(new HostWrite("", CommandKind.CancelMerge, [late]), EngineHarness.Cancellation);
        Assert.Equal("c0", (await harness.Score("c1"))!.CustomerId);
    }

    [Fact]
    public async Task A_merge_that_finds_no_room_leaves_the_customers_as_they_were()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with
        {
            Partitions = 8,
            PopulationBounds = new(1_000, 1 << 20, 1 << 20) { AttributeKeys = 1 },
        };
        await harness.Open();
        // Each in a partition of its own, which has room for one key.
        var other = Enumerable.Range(0, 100).Select(i => $"c{i}").First(id => PartitionOf(id) != PartitionOf("ada"));
        await harness.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro")]));
        await harness.Upsert(new CustomerUpdate(other, "", [new("source", "ad")]));
        await harness.Record(new Sample(other, "e1"));

        var refused = await Assert.ThrowsAsync<ScoringException>(() => harness.Merge("ada", other));

        Assert.Equal((ScoringError.LimitExceeded, "merged_customer_ids"), (refused.Error, refused.Field));
        await harness.Record(new Sample(other, "e2"));
        Assert.Equal((2, other), (await harness.CountOf(other), (await harness.Score(other))!.CustomerId));
        Assert.Equal(0, await harness.CountOf("ada"));
        await harness.CrashAndReopen();
        await harness.Upsert(new CustomerUpdate(other, "", [new("source", "")]));
        Assert.Equal([other], (await harness.Merge("ada", other)).MergedIds);
        Assert.Equal(2, await harness.CountOf("ada"));
    }

    private static int PartitionOf(string id) => new PartitionHash(WorkspaceSettings.DefaultName, 8).Of(id);
}
