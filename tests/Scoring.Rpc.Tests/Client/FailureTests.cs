using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Client;

/// <summary>What the client makes of servers that fail, answer what is not gRPC, or do not answer.</summary>
public sealed class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(418, StatusCode.Unknown)]
    [InlineData(500, StatusCode.Unknown)]
    public async Task Plain_http_errors_are_mapped(int http, StatusCode code)
    {
        var error = await CallAsync(context => context.Response.StatusCode = http);

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task An_answer_that_is_not_grpc_is_unknown()
    {
        var error = await CallAsync(context => context.Response.ContentType = "text/html");

        Assert.Equal(StatusCode.Unknown, error.Code);
        Assert.Contains("text/html", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_without_a_status_is_internal()
    {
        var error = await CallAsync(context => context.Response.ContentType = "application/grpc");

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.Contains("without a status", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ok_without_a_response_is_an_error()
    {
        var error = await CallAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "0";
        });

        Assert.Equal(StatusCode.Unimplemented, error.Code);
    }

    [Fact]
    public async Task An_encoding_that_was_not_offered_is_an_error()
    {
        var error = await CallAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "zstd";
        });

        Assert.Equal(StatusCode.Internal, error.Code);
    }

    [Theory]
    [InlineData(0x7, StatusCode.Unavailable)]
    [InlineData(0x8, StatusCode.Cancelled)]
    [InlineData(0xb, StatusCode.ResourceExhausted)]
    [InlineData(0xc, StatusCode.PermissionDenied)]
    [InlineData(0x2, StatusCode.Internal)]
    public async Task A_reset_is_mapped_by_its_code(int reset, StatusCode code)
    {
        // Once the headers are out: before that, HttpClient would try a refused stream again.
        var error = await CallAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            await context.Response.BodyWriter.FlushAsync();
            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(reset);
        });

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var channel = new RpcChannel($"http://127.0.0.1:{FreePort()}");

        var unary = await Assert.ThrowsAsync<RpcException>(() =>
            channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest())
        );
        await using var call = channel.Duplex(Echo.ChatMethod);
        var write = await Assert.ThrowsAsync<RpcException>(async () => await call.WriteAsync(new EchoRequest(), Token));
        var read = await Assert.ThrowsAsync<RpcException>(async () =>
            await call.ReadAllAsync(Token).ToListAsync(Token)
        );

        Assert.Equal(StatusCode.Unavailable, unary.Code);
        Assert.Equal(StatusCode.Unavailable, write.Code);
        Assert.Equal(StatusCode.Unavailable, read.Code);
    }

    [Fact]
    public async Task A_deadline_is_kept_by_the_client_too()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource();
        var handler = new Echo
        {
            OnUnary = async (request, context) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(
            handler,
            time: new FakeTimeProvider(),
            client: new RpcChannelOptions { Time = time, DefaultTimeout = TimeSpan.FromSeconds(3) }
        );
        var call = server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest());
        await entered.Task;

        time.Advance(TimeSpan.FromSeconds(3));

        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
        Assert.Contains("00:00:03", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_of_nothing_does_not_reach_the_server()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(
                Echo.UnaryMethod,
                new EchoRequest(),
                new CallOptions { Timeout = TimeSpan.Zero },
                Token
            )
        );

        Assert.Equal(StatusCode.DeadlineExceeded, error.Code);
    }

    [Fact]
    public async Task A_request_over_the_clients_limit_is_not_sent()
    {
        await using var server = await TestServer.StartAsync(client: new RpcChannelOptions { MaxSendMessageSize = 10 });
        var large = new EchoRequest { Text = "more than ten bytes" };
        await using var stream = server.Channel.ClientStreaming(Echo.CollectMethod);

        var unary = await Assert.ThrowsAsync<RpcException>(() => server.Channel.UnaryAsync(Echo.UnaryMethod, large));
        var streamed = await Assert.ThrowsAsync<RpcException>(async () => await stream.WriteAsync(large, Token));

        Assert.Equal(StatusCode.ResourceExhausted, unary.Code);
        Assert.Equal(StatusCode.ResourceExhausted, streamed.Code);
        Assert.Contains("RpcChannelOptions.MaxSendMessageSize", unary.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_over_the_clients_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync(
            client: new RpcChannelOptions { MaxReceiveMessageSize = 10 }
        );

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Text = "more than ten bytes" })
        );

        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
        Assert.Contains("RpcChannelOptions.MaxReceiveMessageSize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_calls_work_both_ways()
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.CompressResponses = true,
            client: new RpcChannelOptions { Compress = true }
        );
        var request = new EchoRequest { Payload = ByteString.CopyFrom(new byte[1_000_000]) };
        await using var chat = server.Channel.Duplex(Echo.ChatMethod);
        await chat.WriteAsync(request, Token);
        await chat.CompleteAsync();

        Assert.Equal(request.Payload, (await server.Channel.UnaryAsync(Echo.UnaryMethod, request)).Payload);
        Assert.Equal(request.Payload, (await chat.ReadAllAsync(Token).SingleAsync(Token)).Payload);
    }

    [Fact]
    public async Task The_wrong_kind_of_method_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Throws<ArgumentException>(() => server.Channel.Duplex(Echo.UnaryMethod));
        Assert.Throws<ArgumentException>(() => new RpcChannel("localhost:5081"));
        Assert.Throws<ArgumentException>(() => new RpcChannel("ftp://localhost"));
    }

    [Fact]
    public async Task A_cancelled_wait_for_a_response_leaves_the_call_alive()
    {
        await using var server = await TestServer.StartAsync();
        await using var call = server.Channel.Duplex(Echo.ChatMethod);
        await call.WriteAsync(new EchoRequest { Text = "first" }, Token);
        using var impatient = new CancellationTokenSource();
        await using var responses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await responses.MoveNextAsync());

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await call.ReadAllAsync(impatient.Token).FirstAsync(Token)
        );
        await call.WriteAsync(new EchoRequest { Text = "second" }, Token);

        Assert.True(await responses.MoveNextAsync());
        Assert.Equal("second", responses.Current.Text);
    }

    private static Task<RpcException> CallAsync(Action<HttpContext> answer) =>
        CallAsync(context =>
        {
            answer(context);
            return Task.CompletedTask;
        });

    private static async Task<RpcException> CallAsync(Func<HttpContext, Task> answer)
    {
        await using var server = await TestServer.StartAsync(map: app => app.Map("/other.Service/Do", answer));
        using var channel = new RpcChannel(
            server.Address,
            new RpcChannelOptions { Handler = new Redirect(new SocketsHttpHandler { UseProxy = false }) }
        );
        return await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest()));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Sends every call to the endpoint under test.</summary>
    private sealed class Redirect(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.RequestUri = new Uri(request.RequestUri!, "/other.Service/Do");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
