using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.Sender;

public sealed class EventSenderSpecs
{
    private readonly FakeServer _server = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_go_out_in_batches_in_their_order()
    {
        await using var sender = Sender(new() { MaxBatchSize = 10 });

        for (var i = 0; i < 35; i++)
        {
            await sender.SendAsync(Event($"{i}"), Token);
        }

        await sender.FlushAsync(Token);
        await sender.DisposeAsync();
        _server.Arrived.Writer.Complete();
        var batches = await _server.Arrived.Reader.ReadAllAsync(Token).ToListAsync(Token);
        Assert.Equal(
            Enumerable.Range(0, 35).Select(i => $"{i}"),
            batches.SelectMany(b => b.Events).Select(e => e.EventId)
        );
        Assert.All(batches, batch => Assert.InRange(batch.Events.Count, 1, 10));
        Assert.Equal(new EventTotals(35, 35, 0, 0, 0), sender.Totals);
    }

    [Fact]
    public async Task A_batch_that_does_not_fill_goes_out_after_its_delay()
    {
        await using var sender = Sender(new() { MaxBatchDelay = TimeSpan.FromSeconds(5) });
        await sender.SendAsync(Event("1"), Token);
        Assert.False(_server.Arrived.Reader.TryRead(out _));

        var arrived = _server.Arrived.Reader.ReadAsync(Token).AsTask();
        await AdvanceUntilAsync(arrived, TimeSpan.FromSeconds(1));

        Assert.Equal("1", Assert.Single((await arrived).Events).EventId);
    }

    [Fact]
    public async Task An_event_without_id_and_time_is_given_both_so_that_it_can_be_sent_again()
    {
        _time.SetUtcNow(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var sender = Sender();
        var mine = new Event { CustomerId = "c", Type = "t" };

        await sender.SendAsync(mine, Token);
        await sender.SendAsync(mine, Token);
        await sender.FlushAsync(Token);

        var sent = (await _server.Arrived.Reader.ReadAsync(Token)).Events[0];
        Assert.NotEmpty(sent.EventId);
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), sent.OccurredAt.ToDateTimeOffset());
        Assert.Empty(mine.EventId);
        Assert.Equal(2, sender.Totals.Accepted);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, false)]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.DeadlineExceeded, true)]
    [InlineData(StatusCode.Cancelled, true)]
    public async Task A_batch_whose_answer_is_lost_is_sent_again_with_the_same_ids_and_counted_once(
        StatusCode code,
        bool before
    )
    {
        _server.Decide = n => n is 2 or 3 ? new(new RpcException(new Status(code, "lost")), before) : null;
        await using var sender = Sender(new() { MaxBatchSize = 1 });

        for (var i = 0; i < 5; i++)
        {
            await sender.SendAsync(new Event { CustomerId = "c", Type = "t" }, Token);
        }

        await AdvanceUntilAsync(sender.FlushAsync(Token), TimeSpan.FromMilliseconds(50));

        Assert.Equal(5, _server.Counted);
        Assert.True(_server.Streams > 1);
        Assert.Equal(
            (5, 5, 0),
            (sender.Totals.Sent, sender.Totals.Accepted + sender.Totals.Duplicates, sender.Totals.Pending)
        );
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated)]
    [InlineData(StatusCode.PermissionDenied)]
    public async Task A_sender_that_the_server_does_not_let_write_gives_up_at_once(StatusCode code)
    {
        _server.Decide = _ => new(new RpcException(new Status(code, "not you")), true);
        var sender = Sender();
        await sender.SendAsync(Event("1"), Token);

        var error = await Assert.ThrowsAsync<RpcException>(() => sender.FlushAsync(Token));

        Assert.Equal((code, 1), (error.StatusCode, _server.Streams));
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task The_servers_advice_on_when_to_come_back_is_not_undercut()
    {
        var advice = TimeSpan.FromSeconds(20);
        _server.Decide = n => n == 1 ? new(Errors.ResourceExhausted("full", advice), true) : null;
        await using var sender = Sender();
        var start = _time.GetUtcNow();

        await sender.SendAsync(Event("1"), Token);
        await AdvanceUntilAsync(sender.FlushAsync(Token), TimeSpan.FromSeconds(1));

        Assert.True(_time.GetUtcNow() - start >= advice);
        Assert.Equal(1, sender.Totals.Accepted);
    }

    [Fact]
    public void Pauses_double_up_to_their_bound_with_a_random_part()
    {
        var pauses = new RetryPolicy(
            new()
            {
                InitialDelay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(8),
                GiveUpAfter = TimeSpan.MaxValue,
            },
            _time
        ).Begin();

        foreach (var bound in new[] { 1, 2, 4, 8, 8, 8 })
        {
            Assert.True(pauses.TryNext(new RpcException(new Status(StatusCode.Unavailable, "")), out var pause));
            Assert.InRange(pause.TotalSeconds, bound / 2.0, bound);
        }
    }

    [Fact]
    public void Advice_is_followed_with_a_random_part_on_top()
    {
        var pauses = new RetryPolicy(timeProvider: _time).Begin();

        Assert.True(pauses.TryNext(Errors.ResourceExhausted("full", TimeSpan.FromSeconds(20)), out var pause));

        Assert.InRange(pause.TotalSeconds, 20, 30);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sender_that_is_told_to_give_up_does_not_wait_for_the_server(bool breaksTheConnection)
    {
        using var abort = new CancellationTokenSource();
        _server.Gate = new SemaphoreSlim(0);
        // As Grpc.Net.Client says of a call whose answer is being read when it is cancelled.
        _server.WhenCancelled = breaksTheConnection ? new Status(StatusCode.Unavailable, "aborted") : null;
        var sender = Sender(new() { Abort = abort.Token });
        await sender.SendAsync(Event("1"), Token);
        var flush = sender.FlushAsync(Token);
        await _server.Arrived.Reader.ReadAsync(Token);

        await abort.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => flush)).StatusCode);
        await sender.DisposeAsync();
        Assert.Equal(1, sender.Totals.Pending);
    }

    [Fact]
    public async Task A_batch_without_answer_is_sent_again_when_its_time_is_up()
    {
        _server.Gate = new SemaphoreSlim(0);
        await using var sender = Sender(new() { AnswerTimeout = TimeSpan.FromSeconds(10) });
        await sender.SendAsync(Event("1"), Token);
        var flush = sender.FlushAsync(Token);
        await _server.Arrived.Reader.ReadAsync(Token);

        var again = _server.Arrived.Reader.ReadAsync(Token).AsTask();
        await AdvanceUntilAsync(again, TimeSpan.FromSeconds(1));
        _server.Gate.Release(100);
        await AdvanceUntilAsync(flush, TimeSpan.FromMilliseconds(100));

        Assert.Equal("1", (await again).Events.Single().EventId);
        Assert.Equal(1, _server.Counted);
    }

    [Fact]
    public async Task Sending_waits_while_the_buffer_is_full_and_memory_stays_bounded()
    {
        _server.Gate = new SemaphoreSlim(0);
        await using var sender = Sender(
            new()
            {
                BufferCapacity = 10,
                MaxBatchSize = 5,
                MaxBatchesInFlight = 2,
            }
        );
        var taken = 0;
        var producer = Task.Run(
            async () =>
            {
                for (var i = 0; i < 1_000; i++)
                {
                    await sender.SendAsync(Event($"{i}"), Token);
                    Interlocked.Increment(ref taken);
                }
            },
            Token
        );

        await _server.Arrived.Reader.ReadAsync(Token);
        await _server.Arrived.Reader.ReadAsync(Token);
        // Two batches under way, one at hand, a full buffer: nothing more is taken before an answer comes.
        Assert.True(Volatile.Read(ref taken) <= 10 + (3 * 5));
        Assert.False(producer.IsCompleted);

        _server.Gate.Release(10_000);
        await AdvanceUntilAsync(producer, TimeSpan.FromMilliseconds(50));
        await AdvanceUntilAsync(sender.FlushAsync(Token), TimeSpan.FromMilliseconds(50));
        Assert.Equal(1_000, sender.Totals.Accepted);
    }

    [Fact]
    public async Task A_full_buffer_lets_go_of_a_sender_that_is_cancelled()
    {
        _server.Gate = new SemaphoreSlim(0);
        using var cancel = new CancellationTokenSource();
        await using var sender = Sender(
            new()
            {
                BufferCapacity = 1,
                MaxBatchSize = 1,
                MaxBatchesInFlight = 1,
            }
        );
        var producer = Task.Run(async () =>
        {
            while (true)
            {
                await sender.SendAsync(Event(Guid.NewGuid().ToString()), cancel.Token);
            }
        });
        await _server.Arrived.Reader.ReadAsync(Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producer);
        _server.Gate.Release(100);
        await sender.FlushAsync(Token);
        Assert.Equal(sender.Totals.Sent, sender.Totals.Accepted);
    }

    [Fact]
    public async Task Dispose_sends_what_is_left()
    {
        var sender = Sender(new() { MaxBatchDelay = TimeSpan.FromHours(1) });
        for (var i = 0; i < 25; i++)
        {
            await sender.SendAsync(Event($"{i}"), Token);
        }

        await sender.DisposeAsync();

        Assert.Equal(25, _server.Counted);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await sender.SendAsync(Event("late"), Token));
    }

    [Theory]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)] // without advice: a limit that waiting does not lift
    public async Task An_error_that_no_retry_can_mend_reaches_those_who_send_and_flush(StatusCode code)
    {
        _server.Decide = _ => new(new RpcException(new Status(code, "no such workspace")), true);
        await using var sender = Sender();
        await sender.SendAsync(Event("1"), Token);

        var flush = await Assert.ThrowsAsync<RpcException>(() => sender.FlushAsync(Token));
        var send = await Assert.ThrowsAsync<RpcException>(async () => await sender.SendAsync(Event("2"), Token));

        Assert.Equal((code, code), (flush.StatusCode, send.StatusCode));
        Assert.Contains("no such workspace", send.Message, StringComparison.Ordinal);
        Assert.Equal(1, sender.Totals.Pending);
    }

    [Fact]
    public async Task It_gives_up_when_nothing_succeeds_for_long()
    {
        _server.Decide = _ => new(new RpcException(new Status(StatusCode.Unavailable, "gone")), true);
        await using var sender = Sender(new() { Retry = new() { GiveUpAfter = TimeSpan.FromSeconds(30) } });
        await sender.SendAsync(Event("1"), Token);
        var start = _time.GetUtcNow();

        var flush = sender.FlushAsync(Token);
        await AdvanceUntilAsync(flush, TimeSpan.FromSeconds(1), mayFail: true);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => flush)).StatusCode);
        Assert.True(_time.GetUtcNow() - start >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Every_answer_is_reported_with_its_events()
    {
        var answers = new List<EventBatchAnswer>();
        await using var sender = Sender(new() { OnAnswer = answers.Add });
        await sender.SendAsync(Event("1"), Token);
        await sender.SendAsync(
            new Event
            {
                EventId = "2",
                CustomerId = "bad",
                OccurredAt = new Timestamp(),
            },
            Token
        );
        await sender.SendAsync(Event("1"), Token);

        await sender.FlushAsync(Token);

        Assert.Equal(3, answers.Sum(a => a.Events.Count));
        Assert.Equal("2", answers.SelectMany(a => a.Answer.Rejections.Select(r => a.Events[r.Index].EventId)).Single());
        Assert.Equal(new EventTotals(3, 1, 1, 1, 0), sender.Totals);
    }

    [Fact]
    public async Task An_event_beyond_every_limit_is_refused_at_once()
    {
        await using var sender = Sender();

        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await sender.SendAsync(new Event { CustomerId = new string('x', 10_000) }, Token)
        );

        Assert.Equal(0, sender.Totals.Sent);
    }

    private static Event Event(string id) =>
        new()
        {
            EventId = id,
            CustomerId = "c",
            Type = "t",
            OccurredAt = new Timestamp { Seconds = 1 },
        };

    private EventSender Sender(EventSenderOptions? options = null) => new(_server.Open, options, _time);

    /// <summary>Lets time pass until a task is done.</summary>
    private async Task AdvanceUntilAsync(Task task, TimeSpan step, bool mayFail = false)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(step);
            // Real work between two steps runs on the pool; give it the chance to register its next timer.
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(2), Token));
        }

        if (!mayFail)
        {
            await task;
        }
    }
}
