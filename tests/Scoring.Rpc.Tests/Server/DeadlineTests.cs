using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>The clock of the server is the test's; the callers keep no deadline of their own, so the answers are the server's.</summary>
public sealed class DeadlineTests
{
    private static readonly byte[] Hello = Raw.Frame(new EchoRequest { Text = "hello" });

    [Fact]
    public async Task The_deadline_is_answered_even_if_the_handler_ignores_it()
    {
        var time = new FakeTimeProvider();
        var (entered, release, ended) = (Signal(), Signal(), Signal());
        var handler = new Echo
        {
            OnUnary = async (request, _) =>
            {
                entered.SetResult();
                await release.Task;
                ended.SetResult();
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(handler, time: time);
        var call = server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", "2S"));
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var answer = await call;

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.Empty(answer.Body);
        Assert.False(ended.Task.IsCompleted);
        release.SetResult();
        await ended.Task;
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task The_deadline_cancels_the_handler()
    {
        var time = new FakeTimeProvider();
        var (entered, cancelled) = (Signal(), Signal());
        var handler = new Echo
        {
            OnUnary = async (request, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(handler, time: time);
        var call = server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", "1500m"));
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(1.5));

        Assert.Equal(StatusCode.DeadlineExceeded, (await call).Status);
        await cancelled.Task;
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_after_what_was_sent_and_drops_what_comes_later()
    {
        var time = new FakeTimeProvider();
        var (entered, release, late) = (Signal(), Signal(), Signal());
        var handler = new Echo { OnRepeat = (_, _) => TwoAsync() };
        await using var server = await TestServer.StartAsync(handler, time: time);
        var call = server.PostAsync(Raw.RepeatPath, Hello, headers: ("grpc-timeout", "1S"));
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(1));
        var answer = await call;
        release.SetResult();
        await late.Task;

        Assert.Equal(StatusCode.DeadlineExceeded, answer.Status);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(Raw.Frame(new EchoResponse { Text = "in time" }), answer.Body);

        async IAsyncEnumerable<EchoResponse> TwoAsync()
        {
            try
            {
                yield return new EchoResponse { Text = "in time" };
                entered.SetResult();
                await release.Task;
                yield return new EchoResponse { Text = "late" };
            }
            finally
            {
                late.SetResult();
            }
        }
    }

    [Fact]
    public async Task The_deadline_ends_the_wait_for_requests()
    {
        var time = new FakeTimeProvider();
        var entered = Signal();
        var handler = new Echo
        {
            OnChat = (requests, _) =>
            {
                entered.SetResult();
                return requests.Select(Echo.Answer);
            },
        };
        await using var server = await TestServer.StartAsync(
            handler,
            time: time,
            client: new RpcChannelOptions { Time = new FakeTimeProvider() }
        );
        await using var call = server.Channel.Duplex(
            Echo.ChatMethod,
            new CallOptions { Timeout = TimeSpan.FromSeconds(1) }
        );
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call.ReadAllAsync().ToListAsync());
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        Assert.Contains("deadline passed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deadline_frees_a_handler_that_waits_for_a_slow_reader()
    {
        var time = new FakeTimeProvider();
        var (sent, ended) = (0, Signal());
        var handler = new Echo { OnRepeat = (_, _) => EndlessAsync() };
        await using var server = await TestServer.StartAsync(
            handler,
            time: time,
            client: new RpcChannelOptions { Time = new FakeTimeProvider() }
        );
        await using var call = server.Channel.ServerStreaming(
            Echo.RepeatMethod,
            new EchoRequest(),
            new CallOptions { Timeout = TimeSpan.FromSeconds(1) }
        );
        await call.HeadersAsync();
        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        time.Advance(TimeSpan.FromSeconds(1));

        await ended.Task;
        await Assert.ThrowsAsync<RpcException>(async () => await call.ReadAllAsync().CountAsync());
        Assert.Empty(server.Logged);

        async IAsyncEnumerable<EchoResponse> EndlessAsync()
        {
            try
            {
                for (var payload = ByteString.CopyFrom(new byte[64 * 1024]); ; Interlocked.Increment(ref sent))
                {
                    await Task.CompletedTask;
                    yield return new EchoResponse { Payload = payload };
                }
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task No_time_at_all_is_answered_without_the_handler()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("called") };
        await using var server = await TestServer.StartAsync(handler);

        Assert.Equal(
            StatusCode.DeadlineExceeded,
            (await server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", "0n"))).Status
        );
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task A_deadline_beyond_all_clocks_is_none()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(
            StatusCode.Ok,
            (await server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", "99999999H"))).Status
        );
    }

    [Fact]
    public async Task Calls_that_race_their_deadline_all_get_one_well_formed_answer()
    {
        await using var server = await TestServer.StartAsync();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i => server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", $"{1 + (i * 20)}u")))
        );

        Assert.All(
            answers,
            answer =>
            {
                Assert.True(answer.Status is StatusCode.Ok or StatusCode.DeadlineExceeded, answer.Message);
                Assert.Equal(answer.Status == StatusCode.Ok ? Hello : answer.Body, answer.Body);
            }
        );
        Assert.Empty(server.Logged);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
