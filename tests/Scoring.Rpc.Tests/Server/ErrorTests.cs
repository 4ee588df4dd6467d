using Google.Rpc;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

public sealed class ErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_error_arrives_with_code_message_and_details()
    {
        var handler = new Echo
        {
            OnUnary = (_, _) => throw RpcError.ResourceExhausted("voll: 100 %\nspäter", TimeSpan.FromMilliseconds(50)),
        };
        await using var server = await TestServer.StartAsync(handler);

        var error = await CallAsync(server);

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Equal("voll: 100 %\nspäter", error.Message);
        Assert.True(error.TryGetDetail<RetryInfo>(out var retry));
        Assert.Equal(TimeSpan.FromMilliseconds(50), retry.RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task Every_status_arrives()
    {
        var handler = new Echo { OnUnary = (request, _) => throw new RpcException((StatusCode)request.Count, "x") };
        await using var server = await TestServer.StartAsync(handler);

        foreach (var code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.Ok))
        {
            Assert.Equal(code, (await CallAsync(server, (int)code)).Code);
        }
    }

    [Fact]
    public async Task An_unexpected_exception_is_internal_with_a_reference_that_the_log_holds()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("the secret of the house") };
        await using var server = await TestServer.StartAsync(handler);

        var error = await CallAsync(server);

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        var reference = error.Message.Split(' ')[^1].TrimEnd('.');
        var line = Assert.Single(server.Logged);
        Assert.Contains(reference, line, StringComparison.Ordinal);
        Assert.Contains("the secret of the house", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_response_is_internal()
    {
        var handler = new Echo { OnUnary = (_, _) => Task.FromResult<EchoResponse>(null!) };
        await using var server = await TestServer.StartAsync(handler);

        Assert.Equal(StatusCode.Internal, (await CallAsync(server)).Code);
    }

    [Fact]
    public async Task A_stream_that_fails_gives_its_responses_first()
    {
        var handler = new Echo { OnRepeat = (_, _) => FailingAsync() };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest());
        var received = 0;

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in call.ReadAllAsync(Token))
            {
                received++;
            }
        });

        Assert.Equal(2, received);
        Assert.Equal(StatusCode.NotFound, error.Code);
        Assert.True(error.TryGetDetail<ErrorInfo>(out var info));
        Assert.Equal("c-1", info.Metadata["customer_id"]);

        static async IAsyncEnumerable<EchoResponse> FailingAsync()
        {
            yield return new EchoResponse();
            await Task.Yield();
            yield return new EchoResponse();
            throw RpcError.NotFound(
                "unknown",
                "CUSTOMER_UNKNOWN",
                "scoring",
                new KeyValuePair<string, string>("customer_id", "c-1")
            );
        }
    }

    [Fact]
    public async Task An_error_before_all_requests_are_read_reaches_the_writer()
    {
        var handler = new Echo { OnCollect = (_, _) => throw new RpcException(StatusCode.PermissionDenied, "not you") };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ClientStreaming(Echo.CollectMethod);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await call.WriteAsync(new EchoRequest { Text = new string('x', 10_000) }, Token);
            }
        });

        Assert.Equal(StatusCode.PermissionDenied, error.Code);
    }

    [Fact]
    public void Ok_is_no_error() => Assert.Throws<ArgumentException>(() => new RpcException(StatusCode.Ok, "fine"));

    private static Task<RpcException> CallAsync(TestServer server, int count = 0) =>
        Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Count = count })
        );
}
