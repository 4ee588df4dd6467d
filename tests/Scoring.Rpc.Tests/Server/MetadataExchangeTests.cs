using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

public sealed class MetadataExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Headers_and_trailers_travel_both_ways()
    {
        var handler = new Echo
        {
            OnUnary = (request, context) =>
            {
                foreach (
                    var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("x-", StringComparison.Ordinal))
                )
                {
                    if (entry.Text is { } text)
                    {
                        context.ResponseHeaders.Add(entry.Key, text);
                    }
                    else
                    {
                        context.ResponseTrailers.Add(entry.Key, entry.Bytes);
                    }
                }

                return Task.FromResult(Echo.Answer(request));
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        var sent = new Metadata();
        sent.Add("x-text", "one, with comma");
        sent.Add("x-other", "two");
        sent.Add("x-raw-bin", new byte[] { 0, 255, 1 });

        var response = await server.Channel.UnaryResponseAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            new CallOptions { Headers = sent },
            Token
        );

        Assert.Equal("one, with comma", response.Headers.GetText("x-text"));
        Assert.Equal("two", response.Headers.GetText("x-other"));
        Assert.Equal(new byte[] { 0, 255, 1 }, response.Trailers.GetBytes("x-raw-bin")?.ToArray());
        Assert.DoesNotContain(response.Trailers, entry => entry.Key.StartsWith("grpc-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_may_have_several_values()
    {
        var received = new List<byte[]>();
        var handler = new Echo
        {
            OnUnary = (request, context) =>
            {
                received.AddRange(context.RequestHeaders.GetAll("x-raw-bin").Select(entry => entry.Bytes.ToArray()));
                context.ResponseHeaders.Add("x-text", "one");
                context.ResponseHeaders.Add("x-text", "two");
                return Task.FromResult(Echo.Answer(request));
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        var sent = new Metadata();
        sent.Add("x-raw-bin", new byte[] { 1 });
        sent.Add("x-raw-bin", new byte[] { 2, 3 });

        var response = await server.Channel.UnaryResponseAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            new CallOptions { Headers = sent },
            Token
        );

        Assert.Equal(
            [
                [1],
                [2, 3],
            ],
            received
        );
        Assert.Equal(["one", "two"], response.Headers.GetAll("x-text").Select(entry => entry.Text));
    }

    [Fact]
    public async Task An_error_carries_the_headers_and_trailers_of_the_handler_and_its_own()
    {
        var handler = new Echo
        {
            OnUnary = (_, context) =>
            {
                context.ResponseHeaders.Add("x-header", "h");
                context.ResponseTrailers.Add("x-trailer", "t");
                var own = new Metadata();
                own.Add("x-own", "o");
                throw new RpcException(StatusCode.Aborted, "no", [], own);
            },
        };
        await using var server = await TestServer.StartAsync(handler);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(new EchoRequest()));

        Assert.Equal(StatusCode.Aborted, answer.Status);
        Assert.Equal("h", answer.Header("x-header"));
        Assert.Equal("t", answer.Value("x-trailer"));
        Assert.Equal("o", answer.Value("x-own"));
    }

    [Fact]
    public async Task An_error_without_headers_of_the_handler_is_one_block_with_its_trailers()
    {
        var handler = new Echo
        {
            OnUnary = (_, context) =>
            {
                context.ResponseTrailers.Add("x-trailer", "t");
                throw new RpcException(StatusCode.Aborted, "no");
            },
        };
        await using var server = await TestServer.StartAsync(handler);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(new EchoRequest()));

        Assert.True(answer.IsTrailersOnly);
        Assert.Equal("t", answer.Value("x-trailer"));
    }

    [Fact]
    public async Task Headers_can_go_before_the_first_response()
    {
        var release = new TaskCompletionSource();
        var handler = new Echo { OnRepeat = (_, context) => HeadersFirstAsync(context, release.Task) };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest());

        var headers = await call.HeadersAsync(Token);
        release.SetResult();

        Assert.Equal("now", headers.GetText("x-early"));
        Assert.Single(await call.ReadAllAsync(Token).ToListAsync(Token));
        Assert.Equal("end", call.Trailers.GetText("x-late"));

        static async IAsyncEnumerable<EchoResponse> HeadersFirstAsync(CallContext context, Task released)
        {
            context.ResponseHeaders.Add("x-early", "now");
            await context.SendHeadersAsync();
            await released;
            yield return new EchoResponse();
            context.ResponseTrailers.Add("x-late", "end");
        }
    }

    [Fact]
    public async Task The_context_knows_method_peer_and_deadline()
    {
        CallContext? seen = null;
        string? peer = null;
        DateTimeOffset? deadline = null;
        var handler = new Echo
        {
            OnUnary = (request, context) =>
            {
                (seen, peer, deadline) = (context, context.Peer, context.Deadline);
                return Task.FromResult(Echo.Answer(request));
            },
        };
        await using var server = await TestServer.StartAsync(handler);

        await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest());
        Assert.Null(deadline);

        var before = DateTimeOffset.UtcNow;
        await server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            new CallOptions { Timeout = TimeSpan.FromMinutes(5) },
            Token
        );

        Assert.Equal("/scoring.rpc.test.EchoService/Unary", seen?.Method.Path);
        Assert.StartsWith("127.0.0.1:", peer, StringComparison.Ordinal);
        Assert.NotNull(deadline);
        Assert.InRange(deadline.Value, before.AddMinutes(4), before.AddMinutes(6));
    }
}
