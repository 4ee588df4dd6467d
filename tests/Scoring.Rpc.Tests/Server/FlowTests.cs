using System.Runtime.CompilerServices;
using Google.Protobuf;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Peers that go away or do not keep up, and a server that stops.</summary>
public sealed class FlowTests
{
    private const int MessageSize = 64 * 1024;
    private const int Messages = 2048;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_gives_up_a_unary_call_cancels_the_handler()
    {
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
        await using var server = await TestServer.StartAsync(handler);
        using var patience = new CancellationTokenSource();
        var call = server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), cancellationToken: patience.Token);
        await entered.Task;

        await patience.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(patience.Token, error.CancellationToken);
        await cancelled.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task Clients_that_leave_while_they_are_read_from_are_no_fault_of_the_server()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            var call = server.Channel.ClientStreaming(Echo.CollectMethod);
            await call.WriteAsync(new EchoRequest(), Token);

            await call.DisposeAsync();
        }

        await server.StopAsync(Token);
        Assert.True(server.Logged.IsEmpty, string.Join("\n", server.Logged));
    }

    [Fact]
    public async Task Failed_io_of_the_handler_itself_stays_a_fault_of_the_server()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new IOException("The disk is broken.") };
        await using var server = await TestServer.StartAsync(handler);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(new EchoRequest()));

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains(server.Logged, line => line.Contains("The disk is broken.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_cancels_the_handler()
    {
        var ended = Signal();
        var handler = new Echo { OnChat = (requests, _) => EndlessAsync(requests, ended) };
        await using var server = await TestServer.StartAsync(handler);
        var call = server.Channel.Duplex(Echo.ChatMethod);
        await call.WriteAsync(new EchoRequest(), Token);
        await using (var responses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token))
        {
            Assert.True(await responses.MoveNextAsync());
        }

        await call.DisposeAsync();

        await ended.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);

        static async IAsyncEnumerable<EchoResponse> EndlessAsync(
            IAsyncEnumerable<EchoRequest> requests,
            TaskCompletionSource ended
        )
        {
            try
            {
                await foreach (var request in requests)
                {
                    yield return Echo.Answer(request);
                }
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task A_slow_reader_makes_the_handler_wait()
    {
        var sent = 0;
        var payload = ByteString.CopyFrom(new byte[MessageSize]);
        var handler = new Echo { OnRepeat = (_, _) => ManyAsync() };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest());
        await call.HeadersAsync(Token);

        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        Assert.InRange(sent, 1, 8 * 1024 * 1024 / MessageSize);
        Assert.Equal(Messages, await call.ReadAllAsync(Token).CountAsync(Token));

        async IAsyncEnumerable<EchoResponse> ManyAsync()
        {
            for (; sent < Messages; Interlocked.Increment(ref sent))
            {
                await Task.CompletedTask;
                yield return new EchoResponse { Payload = payload };
            }
        }
    }

    [Fact]
    public async Task A_slow_handler_makes_the_client_wait()
    {
        var (sent, received) = (0, 0);
        var release = Signal();
        var payload = ByteString.CopyFrom(new byte[MessageSize]);
        var handler = new Echo
        {
            OnCollect = async (requests, _) =>
            {
                await release.Task;
                received = await requests.CountAsync();
                return new EchoResponse { Count = received };
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ClientStreaming(Echo.CollectMethod);
        var writing = Task.Run(
            async () =>
            {
                for (; sent < Messages; Interlocked.Increment(ref sent))
                {
                    await call.WriteAsync(new EchoRequest { Payload = payload }, Token);
                }
            },
            Token
        );

        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        Assert.InRange(sent, 1, 8 * 1024 * 1024 / MessageSize);
        release.SetResult();
        await writing;
        Assert.Equal(Messages, (await call.CompleteAsync(Token)).Count);
    }

    [Fact]
    public async Task A_request_stream_may_be_longer_than_Kestrels_limit_for_bodies()
    {
        await using var server = await TestServer.StartAsync(kestrel: options =>
            options.Limits.MaxRequestBodySize = 100_000
        );
        await using var call = server.Channel.ClientStreaming(Echo.CollectMethod);

        for (var i = 0; i < 10; i++)
        {
            await call.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[MessageSize]) }, Token);
        }

        Assert.Equal(10, (await call.CompleteAsync(Token)).Count);
    }

    [Fact]
    public async Task A_stop_lets_running_calls_finish()
    {
        var (entered, release) = (Signal(), Signal());
        var handler = new Echo
        {
            OnUnary = async (request, _) =>
            {
                entered.SetResult();
                await release.Task;
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        var call = server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Text = "last" });
        await entered.Task;

        var stop = server.StopAsync();
        Assert.False(stop.IsCompleted);
        release.SetResult();

        Assert.Equal("last", (await call).Text);
        await stop;
    }

    [Fact]
    public async Task A_stop_that_waits_no_longer_cancels_the_calls()
    {
        var (entered, cancelled) = (Signal(), Signal());
        var handler = new Echo
        {
            OnUnary = async (request, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                entered.SetResult();
                await cancelled.Task;
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        var call = server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest());
        await entered.Task;

        await server.StopAsync(new CancellationToken(canceled: true));

        await cancelled.Task;
        await Assert.ThrowsAsync<RpcException>(() => call);
    }

    [Fact]
    public async Task A_long_stream_that_heeds_the_stop_is_answered_unavailable()
    {
        var handler = new Echo
        {
            OnChat = (requests, context) => EchoAsync(requests.WithCancellation(context.ServerStopping)),
        };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.Duplex(Echo.ChatMethod);
        await using var responses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        await call.WriteAsync(new EchoRequest { Text = "one" }, Token);
        Assert.True(await responses.MoveNextAsync());

        var stop = server.StopAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await responses.MoveNextAsync());
        Assert.Equal(StatusCode.Unavailable, error.Code);
        await stop;
        Assert.Empty(server.Logged);

        static async IAsyncEnumerable<EchoResponse> EchoAsync(ConfiguredCancelableAsyncEnumerable<EchoRequest> requests)
        {
            await foreach (var request in requests)
            {
                yield return Echo.Answer(request);
            }
        }
    }

    [Fact]
    public async Task Many_calls_at_once_share_a_server()
    {
        await using var server = await TestServer.StartAsync();

        var texts = await Task.WhenAll(
            Enumerable
                .Range(0, 500)
                .Select(async i =>
                    (await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Count = i })).Count
                )
        );

        Assert.Equal(Enumerable.Range(0, 500), texts);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
