using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Server.Tests.Recording;

public sealed class EventStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_are_answered_in_the_order_they_came_even_if_a_later_one_is_done_first()
    {
        await using var front = await Front.StartAsync();
        var first = new TaskCompletionSource<WriteResult>();
        var second = new TaskCompletionSource();
        front.Backend.OnRecord = events =>
        {
            if (events.Count == 1)
            {
                return new(first.Task);
            }
            second.SetResult();
            return FakeBackend.AcceptAll(events);
        };
        using var call = front.Stream();

        await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        await call.RequestStream.WriteAsync(Events.Batch(Events.Good(), Events.Good()), Token);
        await call.RequestStream.CompleteAsync();
        await second.Task.WaitAsync(Token);
        first.SetResult(new WriteResult(1, 0, [], Durability.OnDisk));

        Assert.Equal([1, 2], await AcceptedAsync(call));
    }

    [Fact]
    public async Task No_more_batches_are_under_way_than_the_bound_allows()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxStreamBatches = 2 });
        var gate = new TaskCompletionSource();
        var started = new SemaphoreSlim(0);
        var (underWay, most) = (0, 0);
        front.Backend.OnRecord = async events =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            started.Release();
            await gate.Task;
            Interlocked.Decrement(ref underWay);
            return await FakeBackend.AcceptAll(events);
        };
        using var call = front.Stream();

        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        }
        await started.WaitAsync(Token);
        await started.WaitAsync(Token);
        await call.RequestStream.CompleteAsync();
        gate.SetResult();

        Assert.Equal(20, (await AcceptedAsync(call)).Count);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Full_queue_makes_the_stream_wait_instead_of_failing_it()
    {
        // The loop below races the clock ahead of the retries, by how much depends on the machine.
        await using var front = await Front.StartAsync(Front.Options with { MaxStreamWait = TimeSpan.MaxValue });
        var refusals = 2;
        var refused = new SemaphoreSlim(0);
        front.Backend.OnRecord = events =>
        {
            if (Interlocked.Decrement(ref refusals) < 0)
            {
                return FakeBackend.AcceptAll(events);
            }
            refused.Release();
            throw new ScoringException(ScoringError.Overloaded, "full") { RetryAfter = TimeSpan.FromSeconds(1) };
        };
        using var call = front.Stream();

        await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        await call.RequestStream.CompleteAsync();
        var answers = AcceptedAsync(call);
        await refused.WaitAsync(Token);
        while (!answers.IsCompleted)
        {
            front.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal([1], await answers);
        Assert.Equal(3, front.Backend.Batches.Count);
    }

    [Fact]
    public async Task Queue_that_stays_full_fails_the_stream_with_retry_advice()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxStreamWait = TimeSpan.Zero });
        front.Backend.OnRecord = _ =>
            throw new ScoringException(ScoringError.Overloaded, "full") { RetryAfter = TimeSpan.FromSeconds(1) };
        using var call = front.Stream();

        await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        var failure = CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => AcceptedAsync(call)));

        Assert.Equal((StatusCode.ResourceExhausted, "OVERLOADED"), (failure.Code, failure.Reason));
        Assert.Equal(TimeSpan.FromSeconds(1), failure.RetryAfter);
    }

    [Fact]
    public async Task Answers_before_a_failure_still_arrive()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxBatch = 2 });
        using var call = front.Stream();

        await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        await call.RequestStream.WriteAsync(Events.Batch(Enumerable.Repeat(Events.Good(), 3)), Token);
        await using var answers = call.ResponseStream.ReadAllAsync(Token).GetAsyncEnumerator(Token);

        Assert.True(await answers.MoveNextAsync());
        Assert.Equal(1, answers.Current.AcceptedCount);
        var failure = CallFailure.Of(await Assert.ThrowsAsync<RpcException>(async () => await answers.MoveNextAsync()));
        Assert.Equal((StatusCode.InvalidArgument, "BATCH_TOO_LARGE"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task Stop_of_the_server_ends_an_idle_stream_after_its_answers()
    {
        await using var front = await Front.StartAsync();
        using var call = front.Stream();
        await call.RequestStream.WriteAsync(Events.Batch(Events.Good()), Token);
        await using var answers = call.ResponseStream.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await answers.MoveNextAsync());

        var stop = front.StopAsync();

        var failure = CallFailure.Of(await Assert.ThrowsAsync<RpcException>(async () => await answers.MoveNextAsync()));
        Assert.Equal((StatusCode.Unavailable, "STOPPING"), (failure.Code, failure.Reason));
        Assert.NotNull(failure.RetryAfter);
        await stop;
    }

    private static async Task<List<int>> AcceptedAsync(
        AsyncDuplexStreamingCall<V1.RecordEventsRequest, V1.RecordEventsResponse> call
    )
    {
        var accepted = new List<int>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Token))
        {
            accepted.Add(answer.AcceptedCount);
        }
        return accepted;
    }
}
