using System.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class ServerSpanTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private const string TraceParent = $"00-{Trace}-{Caller}-01";
    private const string Method = "scoring.rpc.test.EchoService/Unary";

    [Fact]
    public async Task A_call_is_a_span_below_that_of_its_caller_and_current_in_the_handler()
    {
        Activity? current = null;
        var handler = new Echo
        {
            OnUnary = (request, _) =>
            {
                current = Activity.Current;
                return Task.FromResult(Echo.Answer(request));
            },
        };
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler, logged: LogLevel.Critical);

        await server.PostAsync(
            Raw.UnaryPath,
            Raw.Frame([]),
            headers: [("traceparent", TraceParent), ("tracestate", "vendor=value")]
        );

        var span = await spans.NextAsync();
        Assert.Same(span, current);
        Assert.Equal((Method, ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Equal((Trace, Caller), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.True(span.HasRemoteParent);
        Assert.Equal("vendor=value", span.TraceStateString);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        var tags = Spans.Tags(span);
        Assert.IsType<int>(tags["network.peer.port"]);
        tags.Remove("network.peer.port");
        Assert.Equivalent(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "grpc",
                ["rpc.method"] = Method,
                ["rpc.status_code"] = "OK",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = server.Address.Port,
                ["network.peer.address"] = "127.0.0.1",
            },
            tags,
            strict: true
        );
        Assert.Empty(spans.Ended);
    }

    [Theory]
    [InlineData("application/grpc-web+proto", "grpc", "INVALID_ARGUMENT")]
    [InlineData("application/proto", "connectrpc", "invalid_argument")]
    [InlineData("application/json", "connectrpc", "invalid_argument")]
    public async Task Every_protocol_carries_the_trace_and_has_its_own_words(
        string contentType,
        string system,
        string status
    )
    {
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(StatusCode.InvalidArgument, "no") };
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        var body = contentType switch
        {
            "application/json" => "{}"u8.ToArray(),
            "application/proto" => [],
            _ => Raw.Frame([]),
        };

        await server.PostAsync(Raw.UnaryPath, body, contentType, ("traceparent", TraceParent));

        var span = await spans.NextAsync();
        Assert.Equal((Trace, Caller), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal((system, status), (span.GetTagItem("rpc.system.name"), span.GetTagItem("rpc.status_code")));
    }

    [Theory]
    [InlineData(StatusCode.Unknown, true)]
    [InlineData(StatusCode.DeadlineExceeded, true)]
    [InlineData(StatusCode.Unimplemented, true)]
    [InlineData(StatusCode.Internal, true)]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.DataLoss, true)]
    [InlineData(StatusCode.Cancelled, false)]
    [InlineData(StatusCode.InvalidArgument, false)]
    [InlineData(StatusCode.NotFound, false)]
    [InlineData(StatusCode.ResourceExhausted, false)]
    [InlineData(StatusCode.Unauthenticated, false)]
    public async Task Only_what_is_the_fault_of_the_server_is_an_error_of_its_span(StatusCode code, bool isError)
    {
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(code, "why") };
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler);

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]));

        var span = await spans.NextAsync();
        var name = span.GetTagItem("rpc.status_code");
        Assert.NotNull(name);
        Assert.Equal(isError ? name : null, span.GetTagItem("error.type"));
        Assert.Equal(
            isError ? (ActivityStatusCode.Error, "why") : (ActivityStatusCode.Unset, null),
            (span.Status, span.StatusDescription)
        );
    }

    [Fact]
    public async Task The_id_that_the_caller_of_a_defect_is_told_is_that_of_the_span()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("the secret of the house") };
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame([]), headers: [("traceparent", TraceParent)]);

        var span = await spans.NextAsync();
        Assert.Contains(span.Id!, answer.Message, StringComparison.Ordinal);
        Assert.Contains(span.Id!, Assert.Single(server.Logged), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", span.StatusDescription, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/scoring.rpc.test.EchoService/Missing")]
    [InlineData("/no.such.Service/Unary")]
    public async Task A_method_that_does_not_exist_is_one_of_all_that_do_not(string path)
    {
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(path, [], headers: [("traceparent", TraceParent)]);

        var span = await spans.NextAsync();
        Assert.Equal("grpc", span.DisplayName);
        Assert.Equal(Caller, span.ParentSpanId.ToHexString());
        Assert.Equal(
            ("_OTHER", path[1..], "UNIMPLEMENTED", "UNIMPLEMENTED"),
            (
                span.GetTagItem("rpc.method"),
                span.GetTagItem("rpc.method_original"),
                span.GetTagItem("rpc.status_code"),
                span.GetTagItem("error.type")
            )
        );
    }

    [Fact]
    public async Task A_span_ends_with_the_answer_at_the_deadline_not_with_the_handler()
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
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler, time: time);

        var call = server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            new EchoRequest(),
            new CallOptions { Timeout = TimeSpan.FromMinutes(1) },
            TestContext.Current.CancellationToken
        );
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(1));

        var span = await spans.NextAsync();
        Assert.Equal("DEADLINE_EXCEEDED", span.GetTagItem("rpc.status_code"));
        Assert.Equal(TimeSpan.FromMinutes(1), span.Duration);
        await Assert.ThrowsAsync<RpcException>(() => call);
        release.SetResult();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task A_trace_that_is_none_is_begun_anew(string traceParent)
    {
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]), headers: [("traceparent", traceParent)]);

        var span = await spans.NextAsync();
        Assert.NotEqual(default, span.TraceId);
        Assert.Equal(default, span.ParentSpanId);
    }

    [Fact]
    public async Task A_trace_that_its_caller_does_not_record_is_passed_on_and_not_described()
    {
        string? current = null;
        var handler = new Echo
        {
            OnUnary = (request, _) =>
            {
                current = Activity.Current?.Id;
                return Task.FromResult(Echo.Answer(request));
            },
        };
        using var spans = new Spans("Scoring.Rpc");
        await using var server = await TestServer.StartAsync(handler);

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]), headers: [("traceparent", $"00-{Trace}-{Caller}-00")]);

        var span = await spans.NextAsync();
        Assert.False(span.Recorded);
        Assert.Null(span.GetTagItem("rpc.status_code"));
        Assert.Equal($"00-{Trace}-{span.SpanId}-00", current);
    }

    [Fact]
    public async Task Who_traces_ASP_NET_Core_as_well_gets_one_span_which_has_all()
    {
        using var spans = new Spans("Scoring.Rpc", "Microsoft.AspNetCore");
        await using var server = await TestServer.StartAsync(logged: LogLevel.Critical);

        await server.PostAsync(Raw.UnaryPath, Raw.Frame([]), headers: [("traceparent", TraceParent)]);

        var span = await spans.NextAsync();
        Assert.Equal((Method, ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Equal((Trace, Caller), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal(("grpc", "OK"), (span.GetTagItem("rpc.system.name"), span.GetTagItem("rpc.status_code")));
        await server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(spans.Ended);
    }
}
