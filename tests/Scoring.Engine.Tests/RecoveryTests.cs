using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Engine.Tests;

public sealed class RecoveryTests
{
    private static readonly string[] Customers = [.. Enumerable.Range(0, 50).Select(i => $"customer-{i}")];

    [Fact]
    public async Task Every_score_is_the_same_to_the_bit_after_a_crash() =>
        await EveryScoreIsTheSame(harness => harness.CrashAndReopen());

    [Fact]
    public async Task Every_score_is_the_same_to_the_bit_after_a_graceful_stop() =>
        await EveryScoreIsTheSame(harness => harness.Reopen());

    [Fact]
    public async Task Every_score_is_the_same_to_the_bit_after_a_checkpoint_and_a_crash() =>
        await EveryScoreIsTheSame(async harness =>
        {
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await harness.Record(new Sample(Customers[3]), new Sample(Customers[4], Type: "purchase", Value: 0.1));
            await harness.CrashAndReopen();
        });

    [Fact]
    public async Task A_graceful_stop_leaves_nothing_to_be_replayed()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("b", "2"));

        await harness.Engine.DisposeAsync();

        await harness.Open();
        Assert.Equal(0, harness.Engine.Recovery.EventsReplayed);
        Assert.Equal(2, harness.Engine.Recovery.Customers);
    }

    [Fact]
    public async Task A_crash_leaves_what_no_checkpoint_holds_to_be_replayed()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record(new Sample("a", "2"), new Sample("b", "3"));

        await harness.CrashAndReopen();

        Assert.Equal(2, harness.Engine.Recovery.EventsReplayed);
        Assert.Equal(2, await harness.CountOf("a"));
        Assert.Equal(1, await harness.CountOf("b"));
    }

    [Fact]
    public async Task Customers_and_accounts_that_were_upserted_come_back()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Engine.UpsertCustomersAsync(
            "",
            [new CustomerUpdate("a", "acme", [new("plan", "pro")]), new CustomerUpdate("b", "acme", [])],
            EngineHarness.Cancellation
        );
        await harness.Engine.UpsertAccountsAsync(
            "",
            [new AccountUpdate("acme", 10, [new("industry", "toys")])],
            EngineHarness.Cancellation
        );
        await harness.CrashAndReopen();
        await AssertAcmeIsThere(harness);

        await harness.Reopen();
        await AssertAcmeIsThere(harness);
    }

    [Fact]
    public async Task What_a_stop_found_in_the_queue_is_recorded()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = _ =>
        {
            entered.Set();
            go.Wait(EngineHarness.Cancellation);
        };
        var first = harness.Record(new Sample("a", "1"));
        entered.Wait(EngineHarness.Cancellation);
        var waiting = Enumerable.Range(0, 20).Select(i => harness.Record(new Sample("b", $"{i}"))).ToArray();
        var stop = harness.Engine.DisposeAsync();
        go.Set();
        await stop;

        Assert.Equal(1, (await first).Accepted);
        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(1, result.Accepted));
        var refused = await Assert.ThrowsAsync<ScoringException>(() => harness.Record(new Sample("c")));
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        await harness.Open();
        Assert.Equal(20, await harness.CountOf("b"));
    }

    private static async Task EveryScoreIsTheSame(Func<EngineHarness, Task> restart)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var random = new Random(7);
        for (var batch = 0; batch < 40; batch++)
        {
            await harness.Record([.. Enumerable.Range(0, 25).Select(_ => AnEvent(random, harness))]);
            harness.Clock.Advance(TimeSpan.FromHours(random.Next(30)));
        }
        // The restart may record more; what it records is known before it crashes.
        var at = harness.Now + TimeSpan.FromDays(1);
        var expectedCounts = await Task.WhenAll(Customers.Skip(5).Select(harness.CountOf));
        var before = await harness.Scores(at, [.. Customers.Skip(5)]);

        await restart(harness);

        var after = await harness.Scores(at, [.. Customers.Skip(5)]);
        Assert.Equal(expectedCounts, await Task.WhenAll(Customers.Skip(5).Select(harness.CountOf)));
        for (var i = 0; i < before.Count; i++)
        {
            Assert.Equal(before[i]?.Score, after[i]?.Score);
            Assert.Equal(before[i]?.Momentum, after[i]?.Momentum);
            Assert.Equal(before[i]?.AccountId, after[i]?.AccountId);
            Assert.Equal(before[i]?.LastEventTime, after[i]?.LastEventTime);
        }
    }

    private static Sample AnEvent(Random random, EngineHarness harness) =>
        new(
            Customers[random.Next(Customers.Length)],
            random.Next(3) == 0 ? null : $"e{random.Next(300)}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.NextDouble() * 10,
            random.Next(2) == 0 ? null : harness.Now - TimeSpan.FromHours(random.Next(500)),
            random.Next(4) == 0 ? $"feature{random.Next(5)}" : "",
            random.Next(5) == 0 ? $"account{random.Next(5)}" : ""
        );

    private static async Task AssertAcmeIsThere(EngineHarness harness)
    {
        var customer = await harness.Score("a");
        Assert.Equal("acme", customer?.AccountId);
        Assert.Equal(new KeyValuePair<string, string>("plan", "pro"), Assert.Single(customer!.Attributes));
        var health = await harness.Engine.GetAccountHealthAsync(
            new("", "acme", 30, "", null),
            EngineHarness.Cancellation
        );
        Assert.Equal(2, health.Customers);
        Assert.Equal(10, health.Breadth.Seats);
        Assert.Equal(new KeyValuePair<string, string>("industry", "toys"), Assert.Single(health.Attributes));
    }
}
