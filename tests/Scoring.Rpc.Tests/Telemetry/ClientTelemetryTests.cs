using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class ClientTelemetryTests
{
    private const string Service = "scoring.rpc.test.EchoService/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_a_span_below_what_is_current_and_above_that_of_the_server()
    {
        using var client = new Spans("Scoring.Rpc.Client");
        using var served = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync();
        using var work = Work("vendor=value");

        await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), cancellationToken: Token);

        var span = await client.NextAsync();
        Assert.Equal((Service + "Unary", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal((work.TraceId, work.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equivalent(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "grpc",
                ["rpc.method"] = Service + "Unary",
                ["rpc.status_code"] = "OK",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = server.Address.Port,
            },
            Spans.Tags(span),
            strict: true
        );
        var answered = await served.NextAsync();
        Assert.Equal((span.TraceId, span.SpanId), (answered.TraceId, answered.ParentSpanId));
        Assert.Equal("vendor=value", answered.TraceStateString);
        Assert.Same(work, Activity.Current);
    }

    [Fact]
    public async Task A_stream_is_a_span_from_its_start_to_its_end_and_current_for_nobody_else()
    {
        using var client = new Spans("Scoring.Rpc.Client");
        await using var server = await TestServer.StartAsync();
        using var work = Work();

        var call = server.Channel.ServerStreaming(
            Echo.RepeatMethod,
            new EchoRequest { Count = 3 },
            cancellationToken: Token
        );
        Assert.Same(work, Activity.Current);
        await using var responses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await responses.MoveNextAsync());
            Assert.Empty(client.Ended);
        }
        using var other = new Activity("other").Start();
        Assert.False(await responses.MoveNextAsync());

        Assert.Same(other, Activity.Current);
        var span = await client.NextAsync();
        Assert.Equal((work.SpanId, Service + "Repeat"), (span.ParentSpanId, span.DisplayName));
    }

    [Fact]
    public async Task Without_a_listener_the_trace_passes_through_and_beats_what_was_forwarded()
    {
        string? received = null;
        var handler = new Echo
        {
            OnUnary = (request, call) =>
            {
                received = call.HttpContext.Request.Headers.TraceParent;
                return Task.FromResult(Echo.Answer(request));
            },
        };
        await using var server = await TestServer.StartAsync(handler);
        var stale = new CallOptions
        {
            Headers = new Metadata { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        using (var work = new Activity("work").Start())
        {
            await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), stale, Token);
            Assert.Equal(work.Id, received);
        }

        await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), stale, Token);
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", received);
        await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), cancellationToken: Token);
        Assert.Null(received);
    }

    [Fact]
    public async Task Every_status_but_OK_is_an_error_for_the_caller()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(StatusCode.NotFound, "not there") };
        using var client = new Spans("Scoring.Rpc.Client");
        using var measured = new Measurements("Scoring.Rpc.Client");
        await using var server = await TestServer.StartAsync(handler);

        await Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), cancellationToken: Token)
        );

        var span = await client.NextAsync();
        Assert.Equal((ActivityStatusCode.Error, "not there"), (span.Status, span.StatusDescription));
        Assert.Equal("NOT_FOUND", span.GetTagItem("error.type"));
        var (instrument, value, tags) = Assert.Single(measured.All);
        Assert.Equal(("rpc.client.call.duration", "s"), (instrument.Name, instrument.Unit));
        Assert.Equal(span.Duration.TotalSeconds, value, 6);
        Assert.Equivalent(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "grpc",
                ["rpc.method"] = Service + "Unary",
                ["rpc.status_code"] = "NOT_FOUND",
                ["error.type"] = "NOT_FOUND",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = server.Address.Port,
            },
            tags,
            strict: true
        );
    }

    [Fact]
    public async Task Each_call_is_measured_once_however_it_ends()
    {
        var time = new FakeTimeProvider();
        var entered = new SemaphoreSlim(0);
        var handler = new Echo
        {
            OnUnary = async (request, call) =>
            {
                entered.Release();
                await Task.Delay(Timeout.Infinite, call.CancellationToken);
                return Echo.Answer(request);
            },
        };
        using var measured = new Measurements("Scoring.Rpc.Client");
        await using var server = await TestServer.StartAsync(
            handler,
            client: new RpcChannelOptions { Time = time, MaxSendMessageSize = 100 }
        );

        // The deadline.
        var late = server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            new CallOptions { Timeout = TimeSpan.FromSeconds(2) },
            Token
        );
        await entered.WaitAsync(Token);
        time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<RpcException>(() => late);
        // Its caller gives it up.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cancelled = server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            cancellationToken: patience.Token
        );
        await entered.WaitAsync(Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        // A stream that is left in the middle.
        await using (var left = server.Channel.Duplex(Echo.ChatMethod, cancellationToken: Token))
        {
            await left.WriteAsync(new EchoRequest(), Token);
        }
        // A message that is too large to be sent.
        await Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(
                Echo.UnaryMethod,
                new EchoRequest { Text = new string('x', 200) },
                cancellationToken: Token
            )
        );
        // A server that is not there.
        await using var nowhere = new RpcChannel("http://127.0.0.1:1");
        await Assert.ThrowsAsync<RpcException>(() =>
            nowhere.UnaryAsync(Echo.UnaryMethod, new EchoRequest(), cancellationToken: Token)
        );
        // One that ends well.
        await using (var collect = server.Channel.ClientStreaming(Echo.CollectMethod, cancellationToken: Token))
        {
            await collect.CompleteAsync(Token);
        }

        Assert.Equal(
            [
                ("Unary", "DEADLINE_EXCEEDED"),
                ("Unary", "CANCELLED"),
                ("Chat", "CANCELLED"),
                ("Unary", "RESOURCE_EXHAUSTED"),
                ("Unary", "UNAVAILABLE"),
                ("Collect", "OK"),
            ],
            measured.All.Select(m => (((string)m.Tags["rpc.method"]!)[Service.Length..], m.Tags["rpc.status_code"]))
        );
        Assert.Equal(2, measured.All[0].Value);
    }

    /// <summary>What is current when a call begins, and recorded.</summary>
    private static Activity Work(string? state = null) =>
        new Activity("work") { TraceStateString = state, ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
}
