using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Scores;

namespace Scoring.Engine.Tests;

public sealed class ReadTests
{
    [Fact]
    public async Task What_is_acknowledged_is_seen_by_the_next_read()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        for (var i = 1; i <= 50; i++)
        {
            await harness.Record(new Sample("a"));
            Assert.Equal(i, await harness.CountOf("a"));
        }
    }

    [Fact]
    public async Task Nothing_is_seen_before_it_is_in_the_store()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = step =>
        {
            if (step == Storage.CommitStep.Written)
            {
                reached.Set();
                go.Wait(EngineHarness.Cancellation);
            }
        };

        var write = harness.Record(new Sample("a"));
        reached.Wait(EngineHarness.Cancellation);

        Assert.Null(await harness.Score("a"));
        go.Set();
        await write;
        Assert.NotNull(await harness.Score("a"));
    }

    [Fact]
    public async Task An_unknown_customer_is_null_in_its_place()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a"), new Sample("b"));

        var scores = await Scores(harness, null, "b", "nobody", "a", "b");

        Assert.Equal(["b", null, "a", "b"], scores.Select(s => s?.CustomerId));
    }

    [Fact]
    public async Task Scores_asked_for_together_hold_for_one_instant_not_before_any_of_their_events()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var ahead = harness.Now + TimeSpan.FromMinutes(3);
        await harness.Record(new Sample("a"), new Sample("b", At: ahead));

        var scores = await Scores(harness, null, "a", "b");
        var alone = await Scores(harness, null, "a");

        Assert.All(scores, score => Assert.Equal(ahead, score!.ReadTime));
        Assert.Equal(harness.Now, alone[0]!.ReadTime);
    }

    [Fact]
    public async Task A_read_time_before_the_newest_event_cannot_be_answered()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", Account: "acme"));
        var before = harness.Now - TimeSpan.FromSeconds(1);

        var score = await Assert.ThrowsAsync<ScoringException>(() => Scores(harness, before, "a"));
        var segment = await Assert.ThrowsAsync<ScoringException>(() =>
            harness
                .Engine.GetSegmentStatisticsAsync(
                    new() { Workspace = "", ReadTime = before },
                    EngineHarness.Cancellation
                )
                .AsTask()
        );
        var account = await Assert.ThrowsAsync<ScoringException>(() =>
            harness.Engine.GetAccountHealthAsync(new("", "acme", 30, "", before), EngineHarness.Cancellation).AsTask()
        );

        Assert.All(
            [score, segment, account],
            error =>
            {
                Assert.Equal((ScoringError.ReadTimeBeforeNewestEvent, "read_time"), (error.Error, error.Field));
                Assert.Contains(harness.Now.ToString(), error.Message, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task A_segment_is_read_now_or_at_its_newest_event_where_that_lies_ahead()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}"))]);
        Assert.Equal(harness.Now, (await Segment(harness)).ReadTime);

        var ahead = harness.Now + TimeSpan.FromMinutes(3);
        await harness.Record(new Sample("c3", At: ahead));

        var segment = await Segment(harness);
        Assert.Equal((ahead, 20), (segment.ReadTime, segment.Customers));
    }

    [Fact]
    public async Task An_account_is_known_by_being_upserted_or_by_its_customers()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", Account: "members"))]);
        await harness.Engine.UpsertAccountsAsync("", [new AccountUpdate("empty", 5, [])], EngineHarness.Cancellation);

        Assert.Equal(20, (await Health(harness, "members")).Customers);
        Assert.Equal(
            (0, 5),
            ((await Health(harness, "empty")).Customers, (await Health(harness, "empty")).Breadth.Seats)
        );
        var unknown = await Assert.ThrowsAsync<ScoringException>(() => Health(harness, "nobody"));
        Assert.Equal((ScoringError.AccountNotFound, "nobody"), (unknown.Error, unknown.Subject));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_changes_nothing_that_was_recorded()
    {
        await using var harness = new EngineHarness();
        harness.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        await harness.Open();
        var late = harness.Now;
        await harness.Record(new Sample("a", "1"));
        await harness.Engine.DisposeAsync();

        var earlier = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            late.ToDateTimeOffset() - TimeSpan.FromHours(5)
        );
        harness.Options = harness.Options with { TimeProvider = earlier };
        await harness.Open();

        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Duplicates);
        Assert.Equal(1, (await harness.Record(new Sample("a", "2"))).Accepted);
        Assert.Equal(late, (await harness.Score("a"))!.ReadTime);
        Assert.Equal(2, await harness.CountOf("a"));
    }

    private static async Task<IReadOnlyList<CustomerScore?>> Scores(
        EngineHarness harness,
        Core.Time.Instant? at,
        params string[] customers
    ) => await harness.Engine.GetScoresAsync(new ScoreQuery("", customers, "", at), EngineHarness.Cancellation);

    private static Task<Core.Segments.SegmentStatistics> Segment(EngineHarness harness) =>
        harness.Engine.GetSegmentStatisticsAsync(new() { Workspace = "" }, EngineHarness.Cancellation).AsTask();

    private static Task<Core.Accounts.AccountHealth> Health(EngineHarness harness, string account) =>
        harness.Engine.GetAccountHealthAsync(new("", account, 30, "", null), EngineHarness.Cancellation).AsTask();
}
