using Microsoft.Extensions.Logging.Testing;
using Scoring.Core.Time;
using Scoring.Engine.Time;

namespace Scoring.Engine.Tests;

public sealed class ReceiptClockTests
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FollowAfter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan YearAndMore = TimeSpan.FromDays(400);

    private readonly TwoClocks _system = new();
    private readonly FakeLogger _logger = new();

    [Fact]
    public void Time_goes_on_as_the_system_says()
    {
        var clock = Start();
        for (var i = 0; i < 10; i++)
        {
            _system.Pass(TimeSpan.FromMilliseconds(700));
            Assert.Equal(_system.Wall, clock.Now);
            Assert.Equal(_system.Wall.ToDateTimeOffset(), clock.GetUtcNow());
        }
        Assert.Null(clock.Unfollowed);
        Assert.Empty(Logged);
    }

    [Fact]
    public void Small_steps_and_slow_drift_are_followed()
    {
        var clock = Start();
        foreach (var minutes in (double[])[4, -4, 4, 4, 4, -4, -4, -4, -4])
        {
            _system.Pass(TimeSpan.FromSeconds(30));
            _system.Jump(TimeSpan.FromMinutes(minutes));
            Assert.Equal(_system.Wall, clock.Now);
        }
        for (var i = 0; i < 10_000; i++)
        {
            _system.Pass(TimeSpan.FromSeconds(60));
            _system.Jump(TimeSpan.FromMilliseconds(50));
            Assert.Equal(_system.Wall, clock.Now);
        }
        Assert.Equal(0, clock.Jumps);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    [InlineData(0.01)]
    public void A_jump_is_not_followed_before_it_has_stayed(double days)
    {
        var clock = Start();
        var before = clock.Now;
        _system.Jump(TimeSpan.FromDays(days));

        Assert.Equal(before, clock.Now);
        _system.Pass(FollowAfter - TimeSpan.FromSeconds(1));
        Assert.Equal(before + FollowAfter - TimeSpan.FromSeconds(1), clock.Now);
        var jump = clock.Unfollowed!;
        Assert.Equal(
            (TimeSpan.FromDays(days), FollowAfter - TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            (jump.Offset, jump.Since, jump.FollowedIn)
        );
        _system.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(_system.Wall, clock.Now);
        Assert.Null(clock.Unfollowed);
        Assert.Equal(1, clock.Jumps);
        Assert.Equal([14, 15], Logged);
    }

    [Fact]
    public void A_clock_that_comes_back_was_never_followed()
    {
        var clock = Start();
        _system.Jump(YearAndMore);
        _ = clock.Now;
        _system.Pass(FollowAfter / 2);
        _system.Jump(-YearAndMore);

        Assert.Equal(_system.Wall, clock.Now);
        Assert.Null(clock.Unfollowed);
        _system.Pass(FollowAfter);
        Assert.Equal(_system.Wall, clock.Now);
        Assert.Equal([14, 16], Logged);
    }

    [Fact]
    public void A_clock_that_jumps_on_is_waited_for_anew()
    {
        var clock = Start();
        var started = clock.Now;
        for (var i = 0; i < 10; i++)
        {
            _system.Jump(TimeSpan.FromDays(1));
            _system.Pass(FollowAfter - TimeSpan.FromSeconds(1));
            Assert.True(clock.Now - started < TimeSpan.FromDays(1));
        }
        Assert.Equal(10, clock.Jumps);
    }

    [Fact]
    public void An_operator_may_confirm_the_clock()
    {
        var clock = Start();
        Assert.Null(clock.Confirm());
        _system.Jump(YearAndMore);

        Assert.Equal(YearAndMore, clock.Confirm()!.Offset);

        Assert.Equal(_system.Wall, clock.Now);
        Assert.Null(clock.Unfollowed);
    }

    [Fact]
    public void A_start_before_the_newest_receipt_goes_on_from_that()
    {
        var newest = _system.Wall + TimeSpan.FromDays(3);
        var clock = Start(newest);

        Assert.Equal(-TimeSpan.FromDays(3), clock.Unfollowed!.Offset);
        _system.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(newest + TimeSpan.FromSeconds(10), clock.Now);
        _system.Pass(FollowAfter);
        Assert.Equal(_system.Wall, clock.Now);
    }

    [Fact]
    public void A_start_a_little_before_the_newest_receipt_is_nothing()
    {
        var clock = Start(_system.Wall + Skew);
        Assert.Equal(_system.Wall, clock.Now);
        Assert.Null(clock.Unfollowed);
    }

    [Fact]
    public async Task Writes_are_received_by_it_and_a_start_remembers_the_newest()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { TimeProvider = _system };
        await harness.Open();
        await harness.Record(new Sample("a"));
        var written = _system.Wall;
        _system.Jump(YearAndMore);

        await harness.Record(new Sample("b"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        Assert.Equal(written, (await harness.Score("b"))!.LastEventTime);
        Assert.Equal(YearAndMore, harness.Engine.Clock.Unfollowed!.Offset);

        // A start after the clock was put back by more than it may be off.
        foreach (var restart in (Func<Task>[])[harness.Reopen, harness.CrashAndReopen])
        {
            _system.Jump(written - TimeSpan.FromDays(1) - _system.Wall);
            await restart();
            await harness.Record(new Sample("c"));
            Assert.Equal(written, (await harness.Score("c"))!.LastEventTime);
            Assert.Equal(-TimeSpan.FromDays(1), harness.Engine.Clock.Unfollowed!.Offset);
        }
        harness.Engine.Clock.Confirm();
        await harness.Record(new Sample("d"));
        Assert.Equal(_system.Wall, (await harness.Score("d"))!.LastEventTime);
    }

    private ReceiptClock Start(Instant? newestReceipt = null) =>
        new(_system, Skew, FollowAfter, newestReceipt ?? Instant.MinValue, new EngineLog(_logger));

    private IEnumerable<int> Logged => _logger.Collector.GetSnapshot().Select(line => line.Id.Id);

    /// <summary>A system whose two clocks go as they are told.</summary>
    private sealed class TwoClocks : TimeProvider
    {
        private long _timestamp = 7_000_000;

        public Instant Wall { get; private set; } =
            Instant.From(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _timestamp;

        public override DateTimeOffset GetUtcNow() => Wall.ToDateTimeOffset();

        /// <summary>Time passes, which both clocks see.</summary>
        public void Pass(TimeSpan time)
        {
            Wall += time;
            _timestamp += time.Ticks;
        }

        /// <summary>The wall clock is set.</summary>
        public void Jump(TimeSpan by) => Wall += by;
    }
}
