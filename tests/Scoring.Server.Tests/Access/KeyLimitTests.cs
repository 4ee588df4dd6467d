using System.Net;
using Grpc.Core;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

/// <summary>A key with limits gets no more than these; others are not concerned.</summary>
public sealed class KeyLimitTests : IAsyncLifetime
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private GuardedFront _front = null!;

    public async ValueTask InitializeAsync() => _front = await GuardedFront.StartAsync();

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    [Fact]
    public async Task Calls_beyond_the_limit_are_refused_with_a_time_to_try_again_and_those_of_another_key_are_not()
    {
        var limited = await _front.CreateAsync("read@*", new KeyLimits { CallsPerSecond = 1 });
        var other = await _front.CreateAsync("read@*");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CallAsync(limited.Secret)));
        var others = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CallAsync(other.Secret)));

        Assert.Contains(answers, answer => answer.Reason == "CUSTOMER_NOT_FOUND");
        var refused = answers.First(answer => answer.Reason == "RATE_LIMITED");
        Assert.Equal((StatusCode.ResourceExhausted, "calls"), (refused.Code, refused.Metadata["limit"]));
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
        Assert.All(others, answer => Assert.Equal("CUSTOMER_NOT_FOUND", answer.Reason));
        using var http = await _front.GetAsync("/v1/customers/ada:score", limited.Secret);
        Assert.Equal(HttpStatusCode.TooManyRequests, http.StatusCode);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task Writes_beyond_the_limit_of_events_or_bytes_are_refused_and_nothing_of_them_is_taken(
        int events,
        long bytes
    )
    {
        var limited = await _front.CreateAsync(
            "ingest@*",
            new KeyLimits { EventsPerSecond = events, BytesPerSecond = bytes }
        );
        var scoring = _front.Scoring(limited.Secret);
        // As many as a call may have, and as large: one such call is taken.
        var request = Batch(Front.Options.MaxBatch, new string('x', 240));

        await scoring.RecordEventsAsync(request, cancellationToken: Token);
        var refused = await GuardedFront.FailAsync(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await scoring.RecordEventsAsync(request, cancellationToken: Token);
            }
        });

        Assert.Equal(("RATE_LIMITED", "writes"), (refused.Reason, refused.Metadata["limit"]));
        Assert.True(refused.RetryAfter > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_stream_is_slowed_down_to_the_limit_and_loses_nothing()
    {
        var limited = await _front.CreateAsync("ingest@*", new KeyLimits { EventsPerSecond = 100_000 });
        using var stream = _front.Scoring(limited.Secret).StreamEvents(cancellationToken: Token);
        const int batches = 15;
        var answers = 0;
        var reading = Task.Run(
            async () =>
            {
                while (await stream.ResponseStream.MoveNext(Token))
                {
                    answers++;
                }
            },
            Token
        );
        for (var i = 0; i < batches; i++)
        {
            await stream.RequestStream.WriteAsync(Batch(Front.Options.MaxBatch), Token);
            // The clock of the front stands still, and so does what waits by it.
            _front.Front.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await stream.RequestStream.CompleteAsync();
        while (!reading.IsCompleted)
        {
            _front.Front.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await reading;

        Assert.Equal(batches, answers);
        Assert.Equal(batches * Front.Options.MaxBatch, _front.Front.Backend.Batches.Sum(batch => batch.Count));
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_until_one_ends()
    {
        var limited = await _front.CreateAsync("ingest@*", new KeyLimits { ConcurrentStreams = 1 });
        var scoring = _front.Scoring(limited.Secret);
        var first = scoring.StreamEvents(cancellationToken: Token);
        await first.RequestStream.WriteAsync(Batch(1), Token);
        Assert.True(await first.ResponseStream.MoveNext(Token));

        using var second = scoring.StreamEvents(cancellationToken: Token);
        var refused = await GuardedFront.FailAsync(() => second.ResponseStream.MoveNext(Token));
        Assert.Equal(("RATE_LIMITED", "streams"), (refused.Reason, refused.Metadata["limit"]));

        await first.RequestStream.CompleteAsync();
        Assert.False(await first.ResponseStream.MoveNext(Token));
        first.Dispose();
        using var third = scoring.StreamEvents(cancellationToken: Token);
        await third.RequestStream.WriteAsync(Batch(1), Token);
        Assert.True(await third.ResponseStream.MoveNext(Token));
    }

    private async Task<CallFailure> CallAsync(string key) =>
        await GuardedFront.FailAsync(() =>
            _front.Scoring(key).GetScoreAsync(new() { CustomerId = "ada" }, cancellationToken: Token).ResponseAsync
        );

    private static RecordEventsRequest Batch(int events, string eventId = "")
    {
        var request = new RecordEventsRequest();
        for (var i = 0; i < events; i++)
        {
            request.Events.Add(
                new Event
                {
                    CustomerId = "ada",
                    Type = "x",
                    EventId = eventId,
                }
            );
        }
        return request;
    }
}
