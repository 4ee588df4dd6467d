using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>A commit of unknown outcome is looked at before anybody is told what became of it.</summary>
public sealed class DoubtTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_in_the_log_or_was_not_is_applied_once_and_answered_as_accepted(bool wasAppended)
    {
        await using var bench = new HostBench();
        var host = await StartAsync(bench);
        var customer = host.CustomerOf(1);
        var left = 1;
        FailAppend(host, wasAppended, () => Interlocked.Decrement(ref left) == 0);

        var written = await host.Record(new Sample(customer, "1"));

        Assert.Equal((1, 0), (written.Accepted, written.Duplicates));
        Assert.Equal(1, (await host.Record(new Sample(customer, "1"))).Duplicates);
        Assert.Equal(1, await host.CountOf(customer));
        await AssertNextCounts(bench, host, customer, 1);
    }

    [Fact]
    public async Task What_another_took_the_place_of_is_refused_and_not_in_the_log()
    {
        await using var bench = new HostBench();
        var host = await StartAsync(bench);
        var other = bench.Start();
        var (lost, held) = (host.CustomerOf(1), host.CustomerOf(0));
        var left = 1;
        host.Connection.BeforeAppend = _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                HostBench.Snatch(1, host, other).GetAwaiter().GetResult();
                throw new StoreFailure("The answer was lost.");
            }
        };

        await host.Refused(new Sample(lost, "1"), new Sample(held, "1"));

        await Until.TrueAsync(() => host.Lost.Count > 0);
        Assert.Equal(0, await other.CountOf(lost));
        Assert.Equal(1, await host.CountOf(held));
        Assert.Equal(1, (await other.Record(new Sample(lost, "1"))).Accepted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_is_answered_before_it_is_known_or_patience_ends(bool wasAppended)
    {
        await using var bench = new HostBench();
        var host = await StartAsync(bench);
        var customer = host.CustomerOf(1);
        var looked = 0;
        host.Connection.BeforeSettle = () => Interlocked.Increment(ref looked);
        var left = 1;
        FailAppend(
            host,
            wasAppended,
            () =>
            {
                var fails = Interlocked.Decrement(ref left) == 0;
                host.Connection.IsCut |= fails;
                return fails;
            }
        );
        var before = bench.Clock.GetTimestamp();
        var write = host.Record(new Sample(customer, "1"));

        // Others are refused meanwhile, and nothing of theirs is taken.
        await bench.PassTimeUntil(Until.TrueAsync(() => Volatile.Read(ref looked) >= 3));
        Assert.False(write.IsCompleted);
        await host.Refused(new Sample(customer, "2"));
        Assert.False(write.IsCompleted);
        var refused = await Assert.ThrowsAsync<ScoringException>(() => bench.PassTimeUntil(write));
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.True(bench.Clock.GetElapsedTime(before) >= Patience);

        // It is looked at still, and stands in the end.
        host.Connection.IsCut = false;
        await bench.PassTimeUntil(UntilTaken(host));
        Assert.Equal(1, (await host.Record(new Sample(customer, "1"))).Duplicates);
        Assert.Equal(1, (await host.Record(new Sample(customer, "2"))).Accepted);
        await AssertNextCounts(bench, host, customer, 2);
    }

    private static async Task<HostBench.Seat> StartAsync(HostBench bench)
    {
        bench.Options = bench.Options with { DoubtPatience = Patience };
        return await bench.StartWithAllAsync();
    }

    private static void FailAppend(HostBench.Seat host, bool wasAppended, Func<bool> fails)
    {
        if (wasAppended)
        {
            host.Connection.AfterAppend = _ => FailIf(fails);
        }
        else
        {
            host.Connection.BeforeAppend = _ => FailIf(fails);
        }
    }

    private static void FailIf(Func<bool> fails)
    {
        if (fails())
        {
            throw new StoreFailure("The answer was lost.");
        }
    }

    private static async Task UntilTaken(HostBench.Seat host) =>
        await Until.TrueAsync(() =>
        {
            try
            {
                host.Host.ThrowIfRefusing();
                return true;
            }
            catch (ScoringException)
            {
                return false;
            }
        });

    private static async Task AssertNextCounts(HostBench bench, HostBench.Seat host, string customer, int count)
    {
        var next = bench.Start();
        await HostBench.Snatch(1, host, next);
        Assert.Equal(count, await next.CountOf(customer));
    }
}
