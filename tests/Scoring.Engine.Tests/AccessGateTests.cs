using Scoring.Engine.Partitions;

namespace Scoring.Engine.Tests;

public sealed class AccessGateTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private readonly AccessGate _gate = new(patience: Long);

    [Fact]
    public void A_reader_waits_for_no_other_reader_even_if_a_writer_waits_for_that_one()
    {
        _gate.EnterToRead(scans: true);
        var writer = Start(_gate.EnterToWrite);
        WaitUntilBlocked(writer);

        _gate.EnterToRead();
        _gate.ExitFromReading();

        Assert.True(writer.IsAlive);
        _gate.ExitFromReading(scans: true);
        Assert.True(writer.Join(Long));
    }

    [Fact]
    public void A_writer_gives_way_between_two_slices()
    {
        _gate.EnterToWrite();
        var inside = false;
        var reader = Start(() =>
        {
            _gate.EnterToRead();
            inside = true;
            _gate.ExitFromReading();
        });
        WaitUntilBlocked(reader);
        Assert.False(inside);

        _gate.GiveWay();

        Assert.True(inside);
        _gate.ExitFromWriting();
        Assert.True(reader.Join(Long));
    }

    [Fact]
    public void A_writer_in_a_hurry_enters_only_where_it_need_not_wait()
    {
        _gate.EnterToRead();
        Assert.False(_gate.TryEnterToWrite());
        _gate.ExitFromReading();

        Assert.True(_gate.TryEnterToWrite());
        Assert.False(_gate.TryEnterToWrite());
        var reader = Start(() => _gate.EnterToRead());
        WaitUntilBlocked(reader);
        _gate.ExitFromWriting();

        Assert.True(reader.Join(Long));
    }

    [Fact]
    public void A_scan_does_not_pass_a_writer_that_waits()
    {
        _gate.EnterToRead(scans: true);
        var order = new List<string>();
        var writer = Start(() =>
        {
            _gate.EnterToWrite();
            lock (order)
            {
                order.Add("write");
            }
            _gate.ExitFromWriting();
        });
        WaitUntilBlocked(writer);
        var scan = Start(() =>
        {
            _gate.EnterToRead(scans: true);
            lock (order)
            {
                order.Add("scan");
            }
            _gate.ExitFromReading(scans: true);
        });
        WaitUntilBlocked(scan);

        Assert.Empty(order);
        _gate.ExitFromReading(scans: true);
        Assert.True(writer.Join(Long) && scan.Join(Long));
        Assert.Equal(2, order.Count);
    }

    [Fact]
    public void A_writer_is_let_in_however_many_readers_keep_coming()
    {
        var gate = new AccessGate();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable
            .Range(0, 8)
            .Select(_ =>
                Start(() =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        gate.EnterToRead();
                        Thread.SpinWait(1_000);
                        gate.ExitFromReading();
                    }
                })
            )
            .ToList();
        var writer = Start(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                gate.EnterToWrite();
                gate.ExitFromWriting();
            }
        });

        Assert.True(writer.Join(Long));
        stop.Cancel();
        Assert.True(readers.TrueForAll(reader => reader.Join(Long)));
    }

    [Fact]
    public void Whoever_changes_is_alone()
    {
        var (inside, worst, sum) = (0, 0, 0);
        void Alone()
        {
            var now = Interlocked.Increment(ref inside);
            worst = Math.Max(worst, now);
            sum++;
            Thread.SpinWait(50);
            Interlocked.Decrement(ref inside);
        }
        const int times = 2_000;
        var threads = Enumerable
            .Range(0, 2)
            .Select(_ =>
                Start(() =>
                {
                    for (var i = 0; i < times; i++)
                    {
                        _gate.EnterToWrite();
                        Alone();
                        _gate.GiveWay();
                        Alone();
                        _gate.ExitFromWriting();
                    }
                })
            )
            .Concat(
                Enumerable
                    .Range(0, 2)
                    .Select(_ =>
                        Start(() =>
                        {
                            for (var i = 0; i < times; i++)
                            {
                                _gate.EnterToRead(scans: true);
                                _gate.ChangeToWriting();
                                Alone();
                                _gate.ChangeToReading();
                                _gate.ExitFromReading(scans: true);
                            }
                        })
                    )
            )
            .ToList();

        Assert.True(threads.TrueForAll(thread => thread.Join(Long)));
        Assert.Equal((1, 6 * times), (worst, sum));
    }

    private static Thread Start(ThreadStart action)
    {
        var thread = new Thread(action) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static void WaitUntilBlocked(Thread thread) =>
        Assert.True(
            SpinWait.SpinUntil(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != ThreadState.Running, Long)
        );
}
