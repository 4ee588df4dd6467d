using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Interceptors;

public sealed class AccessLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_one_line_with_all_that_one_asks_of_it()
    {
        var time = new FakeTimeProvider();
        var handler = new Echo
        {
            OnRepeat = (_, _) =>
            {
                time.Advance(TimeSpan.FromMilliseconds(12.5));
                return new[] { new EchoResponse(), new EchoResponse(), new EchoResponse() }.ToAsyncEnumerable();
            },
        };
        await using var server = await StartAsync(handler, time);

        await server.PostAsync(Raw.RepeatPath, Raw.Frame([]));

        Assert.Matches(
            @"^Information /scoring\.rpc\.test\.EchoService/Repeat OK in 12\.500 ms from 127\.0\.0\.1:\d+ by grpc, 1 in, 3 out\s*$",
            Assert.Single(Lines(server))
        );
    }

    [Fact]
    public async Task A_failed_call_has_its_status_and_a_stream_its_messages()
    {
        var handler = new Echo
        {
            OnCollect = async (requests, _) =>
            {
                var count = await requests.CountAsync(Token);
                throw new RpcException(StatusCode.OutOfRange, $"{count} are too many");
            },
        };
        await using var server = await StartAsync(handler);

        await server.PostAsync(Raw.CollectPath, [.. Raw.Frame([]), .. Raw.Frame([])], "application/connect+proto");

        Assert.Matches("Collect OUT_OF_RANGE in .* by connect, 2 in, 0 out", Assert.Single(Lines(server)));
    }

    [Fact]
    public async Task A_method_that_does_not_exist_is_logged_without_what_would_break_the_line()
    {
        await using var server = await StartAsync();

        await server.PostAsync("/no.Such%0aService/Method", [], "application/grpc-web+proto");

        Assert.Matches(
            "^Information /no.Such%0AService/Method UNIMPLEMENTED in 0.000 ms from .* by grpc-web, 0 in, 0 out",
            Assert.Single(Lines(server))
        );
    }

    [Fact]
    public async Task Nothing_is_logged_unless_it_is_added()
    {
        await using var server = await TestServer.StartAsync(logged: LogLevel.Information);

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]));

        Assert.Empty(Lines(server));
    }

    private static IEnumerable<string> Lines(TestServer server) =>
        server.Logged.Where(line => line.Contains(" in, ", StringComparison.Ordinal));

    private static Task<TestServer> StartAsync(Echo? handler = null, TimeProvider? time = null) =>
        TestServer.StartAsync(
            handler,
            time: time,
            services: services => services.AddRpcAccessLog(),
            logged: LogLevel.Information
        );
}
