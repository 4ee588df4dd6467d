namespace Scoring.Engine.Tests;

public sealed class ReadTests
{
    [Fact]
    public async Task Nothing_is_seen_before_it_is_in_the_store()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        harness.Probe = step =>
        {
            if (step == CommitStep.Written)
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
}
