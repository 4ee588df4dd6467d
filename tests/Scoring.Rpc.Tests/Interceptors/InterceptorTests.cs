using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Interceptors;

public sealed class InterceptorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_call_comes_by_with_its_status()
    {
        var seen = new Interception();
        await using var server = await StartAsync([seen]);

        await UnaryAsync(server);
        await using (var collect = server.Channel.ClientStreaming(Echo.CollectMethod, cancellationToken: Token))
        {
            await collect.WriteAsync(new EchoRequest(), Token);
            await collect.CompleteAsync(Token);
        }
        var repeat = server.Channel.ServerStreaming(
            Echo.RepeatMethod,
            new EchoRequest { Count = 3 },
            cancellationToken: Token
        );
        Assert.Equal(3, await repeat.ReadAllAsync(Token).CountAsync(Token));
        await using (var chat = server.Channel.Duplex(Echo.ChatMethod, cancellationToken: Token))
        {
            await chat.CompleteAsync();
            Assert.Empty(await chat.ReadAllAsync(Token).ToListAsync(Token));
        }

        Assert.Equal(
            [
                (Raw.UnaryPath, StatusCode.Ok),
                (Raw.CollectPath, StatusCode.Ok),
                (Raw.RepeatPath, StatusCode.Ok),
                (Raw.ChatPath, StatusCode.Ok),
            ],
            seen.Ended
        );
    }

    [Fact]
    public async Task Health_and_reflection_come_by_too()
    {
        var seen = new Interception();
        await using var server = await StartAsync(
            [seen],
            map: app =>
            {
                app.MapRpcHealth();
                app.MapRpcReflection();
            }
        );
        var check = RpcMethod.Of<HealthCheckRequest, HealthCheckResponse>(
            HealthReflection.Descriptor.Services[0],
            "Check"
        );

        await server.Channel.UnaryAsync(check, new HealthCheckRequest(), cancellationToken: Token);
        await server.PostAsync("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", []);

        Assert.Equal(
            ["/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"],
            seen.Ended.Select(call => call.Path)
        );
    }

    [Theory]
    [InlineData("application/grpc-web+proto", HttpProtocols.Http1)]
    [InlineData("application/proto", HttpProtocols.Http1)]
    [InlineData("application/json", HttpProtocols.Http2)]
    public async Task Calls_of_every_protocol_come_by(string contentType, HttpProtocols http)
    {
        var seen = new Interception();
        await using var server = await StartAsync([seen], http: http);
        var body = contentType switch
        {
            "application/json" => "{}"u8.ToArray(),
            "application/proto" => [],
            _ => Raw.Frame([]),
        };

        await server.PostAsync(Raw.UnaryPath, body, contentType);

        Assert.Equal([(Raw.UnaryPath, StatusCode.Ok)], seen.Ended);
    }

    [Fact]
    public async Task The_first_that_is_added_is_the_outermost()
    {
        var order = new List<string>();
        Interception Named(string name) =>
            new(
                async (call, next) =>
                {
                    order.Add(name + " in");
                    await next(call);
                    order.Add(name + " out");
                }
            );
        await using var server = await StartAsync([Named("first"), Named("second")]);

        await UnaryAsync(server);

        Assert.Equal(["first in", "second in", "second out", "first out"], order);
    }

    [Fact]
    public async Task It_may_refuse_a_call_before_its_handler()
    {
        var handled = false;
        var handler = new Echo
        {
            OnUnary = (request, _) =>
            {
                handled = true;
                return Task.FromResult(Echo.Answer(request));
            },
        };
        var seen = new Interception();
        var guard = new Interception(
            (call, next) =>
                call.RequestHeaders.GetText("authorization") == "let me in"
                    ? next(call)
                    : throw new RpcException(StatusCode.Unauthenticated, "Say who you are.")
        );
        await using var server = await StartAsync([seen, guard], handler);

        var error = await Assert.ThrowsAsync<RpcException>(() => UnaryAsync(server));
        Assert.Equal((StatusCode.Unauthenticated, "Say who you are."), (error.Code, error.Message));
        Assert.False(handled);
        await UnaryAsync(server, new CallOptions { Headers = new Metadata { { "authorization", "let me in" } } });
        Assert.True(handled);
        Assert.Equal([StatusCode.Unauthenticated, StatusCode.Ok], seen.Ended.Select(call => call.Status));
    }

    [Fact]
    public async Task It_may_turn_what_a_handler_throws_into_a_status_for_streams_as_well()
    {
        var handler = new Echo
        {
            OnUnary = (_, _) => throw new KeyNotFoundException("no such thing"),
            OnRepeat = (_, _) => FailAfterOne(),
        };
        var seen = new Interception();
        var mapper = new Interception(
            async (call, next) =>
            {
                try
                {
                    await next(call);
                }
                catch (KeyNotFoundException missing)
                {
                    throw new RpcException(StatusCode.NotFound, missing.Message);
                }
            }
        );
        await using var server = await StartAsync([seen, mapper], handler);

        var unary = await Assert.ThrowsAsync<RpcException>(() => UnaryAsync(server));
        var answers = new List<EchoResponse>();
        var stream = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            var call = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest(), cancellationToken: Token);
            await foreach (var answer in call.ReadAllAsync(Token))
            {
                answers.Add(answer);
            }
        });

        Assert.Equal((StatusCode.NotFound, "no such thing"), (unary.Code, unary.Message));
        Assert.Equal((StatusCode.NotFound, "gone"), (stream.Code, stream.Message));
        Assert.Single(answers);
        Assert.Equal([StatusCode.NotFound, StatusCode.NotFound], seen.Ended.Select(call => call.Status));
        Assert.Empty(server.Logged);

        static async IAsyncEnumerable<EchoResponse> FailAfterOne()
        {
            yield return new EchoResponse();
            await Task.Yield();
            throw new KeyNotFoundException("gone");
        }
    }

    [Fact]
    public async Task What_nobody_maps_is_internal_and_keeps_its_text()
    {
        var seen = new Interception();
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("the secret of the house") };
        await using var server = await StartAsync([seen], handler);

        var error = await Assert.ThrowsAsync<RpcException>(() => UnaryAsync(server));

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        var reference = error.Message.Split(' ')[^1].TrimEnd('.');
        Assert.Contains(reference, Assert.Single(server.Logged), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Internal, Assert.Single(seen.Ended).Status);
    }

    [Fact]
    public async Task Wrong_headers_come_by_as_a_call_that_fails_without_its_handler()
    {
        var seen = new Interception();
        await using var server = await StartAsync([seen]);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame([]), headers: [("grpc-timeout", "soon")]);

        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Equal([(Raw.UnaryPath, StatusCode.InvalidArgument)], seen.Ended);
    }

    [Fact]
    public async Task It_sees_the_deadline_that_was_answered_while_the_handler_ran()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var handler = new Echo
        {
            OnUnary = async (request, _) =>
            {
                entered.SetResult();
                await release.Task;
                return Echo.Answer(request);
            },
        };
        var (seen, left) = (new Interception(), new TaskCompletionSource());
        var last = new Interception(
            async (call, next) =>
            {
                try
                {
                    await next(call);
                }
                finally
                {
                    left.SetResult();
                }
            }
        );
        await using var server = await StartAsync([last, seen], handler, time);

        var call = UnaryAsync(server, new CallOptions { Timeout = TimeSpan.FromMinutes(1) });
        await entered.Task.WaitAsync(Token);
        time.Advance(TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        Assert.Empty(seen.Ended);
        release.SetResult();
        await left.Task.WaitAsync(Token);
        Assert.Equal([(Raw.UnaryPath, StatusCode.DeadlineExceeded)], seen.Ended);
    }

    [Fact]
    public async Task It_sees_that_the_caller_went_away()
    {
        var entered = new TaskCompletionSource();
        var handler = new Echo
        {
            OnUnary = async (request, call) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, call.CancellationToken);
                return Echo.Answer(request);
            },
        };
        var (seen, left) = (new Interception(), new TaskCompletionSource());
        var last = new Interception(
            async (call, next) =>
            {
                try
                {
                    await next(call);
                }
                finally
                {
                    left.SetResult();
                }
            }
        );
        await using var server = await StartAsync([last, seen], handler);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var call = UnaryAsync(server, token: patience.Token);
        await entered.Task.WaitAsync(Token);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await left.Task.WaitAsync(Token);
        Assert.Equal([(Raw.UnaryPath, StatusCode.Cancelled)], seen.Ended);
    }

    [Fact]
    public async Task One_that_swallows_an_error_is_a_defect_and_no_empty_answer()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(StatusCode.NotFound, "nothing there") };
        var swallower = new Interception(
            async (call, next) =>
            {
                try
                {
                    await next(call);
                }
                catch (RpcException)
                {
                    // As if nothing had happened.
                }
            }
        );
        await using var server = await StartAsync([swallower], handler);

        var error = await Assert.ThrowsAsync<RpcException>(() => UnaryAsync(server));

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.Contains("without a response", Assert.Single(server.Logged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_made_once_with_what_the_container_has()
    {
        await using var server = await TestServer.StartAsync(services: services =>
        {
            services.AddSingleton<Tally>();
            services.AddRpcInterceptor<Counting>();
        });

        await UnaryAsync(server);
        await UnaryAsync(server);

        Assert.Equal(
            (1, 2),
            (server.Services.GetRequiredService<Tally>().Made, server.Services.GetRequiredService<Tally>().Calls)
        );
    }

    private static Task<TestServer> StartAsync(
        Interception[] interceptors,
        Echo? handler = null,
        TimeProvider? time = null,
        Action<WebApplication>? map = null,
        HttpProtocols http = HttpProtocols.Http2
    ) =>
        TestServer.StartAsync(
            handler,
            time: time,
            map: map,
            http: http,
            services: services =>
            {
                foreach (var interceptor in interceptors)
                {
                    services.AddSingleton<IRpcInterceptor>(interceptor);
                }
            }
        );

    private static Task<EchoResponse> UnaryAsync(
        TestServer server,
        CallOptions? options = null,
        CancellationToken? token = null
    ) => server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), options, token ?? Token);

    private sealed class Tally
    {
        public int Made { get; set; }

        public int Calls { get; set; }
    }

    private sealed class Counting : IRpcInterceptor
    {
        private readonly Tally _tally;

        public Counting(Tally tally) => (_tally = tally).Made++;

        public ValueTask InterceptAsync(CallContext call, RpcContinuation next)
        {
            _tally.Calls++;
            return next(call);
        }
    }
}
