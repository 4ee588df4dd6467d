using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Streams by Connect, envelope by envelope.</summary>
public sealed class ConnectStreamTests
{
    private const string Proto = "application/connect+proto";
    private const string Json = "application/connect+json";
    private const byte EndOfStream = 2;

    private static readonly EchoRequest Hello = new() { Text = "hello" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http1, Proto)]
    [InlineData(HttpProtocols.Http2, Proto)]
    [InlineData(HttpProtocols.Http1, Json)]
    [InlineData(HttpProtocols.Http2, Json)]
    public async Task A_stream_of_responses_ends_with_a_message_that_says_so(HttpProtocols http, string contentType)
    {
        await using var server = await TestServer.StartAsync(http: http);

        var answer = await server.PostAsync(
            Raw.RepeatPath,
            Envelope(new EchoRequest { Text = "again", Count = 3 }, contentType),
            contentType
        );

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(contentType, answer.Header("content-type"));
        var frames = Raw.Frames(answer.Body);
        Assert.Equal([0, 0, 0, EndOfStream], frames.Select(frame => frame.Flags));
        Assert.Equal([0, 1, 2], frames[..3].Select(frame => Read(frame.Payload, contentType).Count));
        Assert.Equal("{}", Encoding.UTF8.GetString(frames[3].Payload));
        Assert.Empty(answer.Trailers);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, Proto)]
    [InlineData(HttpProtocols.Http1, Json)]
    [InlineData(HttpProtocols.Http2, Json)]
    public async Task A_stream_of_requests_is_taken_to_its_end(HttpProtocols http, string contentType)
    {
        await using var server = await TestServer.StartAsync(http: http);
        byte[] requests =
        [
            .. Envelope(new EchoRequest { Text = "a" }, contentType),
            .. Envelope(new EchoRequest { Text = "b" }, contentType),
        ];

        var answer = await server.PostAsync(Raw.CollectPath, requests, contentType);

        Assert.Equal("a,b", Read(Raw.Frames(answer.Body)[0].Payload, contentType).Text);
    }

    [Fact]
    public async Task A_bidirectional_stream_needs_http_2()
    {
        await using var old = await TestServer.StartAsync(http: HttpProtocols.Http1);
        await using var current = await TestServer.StartAsync();

        var refused = await old.PostAsync(Raw.ChatPath, Envelope(Hello, Json), Json);
        var answered = await current.PostAsync(Raw.ChatPath, Envelope(Hello, Json), Json);

        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, refused.Http);
        Assert.Equal([0, EndOfStream], Raw.Frames(answered.Body).Select(frame => frame.Flags));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_stream_that_fails_gives_its_responses_first_and_then_error_and_trailers(HttpProtocols http)
    {
        var handler = new Echo { OnRepeat = (_, context) => FailingAsync(context) };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var answer = await server.PostAsync(Raw.RepeatPath, Envelope(Hello, Proto), Proto);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal("h", answer.Header("x-head"));
        var frames = Raw.Frames(answer.Body);
        Assert.Equal([0, EndOfStream], frames.Select(frame => frame.Flags));
        var end = JsonDocument.Parse(frames[1].Payload).RootElement;
        Assert.Equal("resource_exhausted", end.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("später", end.GetProperty("error").GetProperty("message").GetString());
        var detail = end.GetProperty("error").GetProperty("details")[0];
        Assert.Equal("google.rpc.RetryInfo", detail.GetProperty("type").GetString());
        Assert.Equal("1s", detail.GetProperty("debug").GetProperty("retryDelay").GetString());
        Assert.Equal("""{"x-tail":["one","two"],"x-tail-bin":["AQI"]}""", end.GetProperty("metadata").GetRawText());

        static async IAsyncEnumerable<EchoResponse> FailingAsync(CallContext context)
        {
            context.ResponseHeaders.Add("x-head", "h");
            context.ResponseTrailers.Add("x-tail", "one");
            context.ResponseTrailers.Add("x-tail-bin", new byte[] { 1, 2 });
            context.ResponseTrailers.Add("x-tail", "two");
            yield return new EchoResponse();
            await Task.Yield();
            throw RpcError.ResourceExhausted("später", TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task An_error_without_a_response_is_an_end_of_stream_too()
    {
        var handler = new Echo { OnCollect = (_, _) => throw new RpcException(StatusCode.PermissionDenied, "not you") };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.CollectPath, Envelope(Hello, Json), Json);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Json, answer.Header("content-type"));
        Assert.Equal("permission_denied", ErrorOf(answer).GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_unexpected_exception_does_not_leak_its_text()
    {
        var handler = new Echo { OnRepeat = (_, _) => throw new InvalidOperationException("the secret of the house") };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var error = ErrorOf(await server.PostAsync(Raw.RepeatPath, Envelope(Hello, Proto), Proto));

        Assert.Equal("internal", error.GetProperty("code").GetString());
        Assert.DoesNotContain("secret", error.GetRawText(), StringComparison.Ordinal);
        Assert.Single(server.Logged);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task The_deadline_ends_a_stream_after_what_was_sent(HttpProtocols http)
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new Echo { OnRepeat = (_, context) => WaitingAsync(context) };
        await using var server = await TestServer.StartAsync(handler, time: time, http: http);
        var call = server.PostAsync(Raw.RepeatPath, Envelope(Hello, Proto), Proto, ("connect-timeout-ms", "1000"));
        await entered.Task.WaitAsync(Token);

        time.Advance(TimeSpan.FromSeconds(1));

        var answer = await call;
        Assert.Equal([0, EndOfStream], Raw.Frames(answer.Body).Select(frame => frame.Flags));
        Assert.Equal("deadline_exceeded", ErrorOf(answer).GetProperty("code").GetString());

        async IAsyncEnumerable<EchoResponse> WaitingAsync(CallContext context)
        {
            yield return new EchoResponse();
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_cancels_the_handler()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new Echo { OnRepeat = (_, context) => WaitingAsync(context) };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        using (var http = new HttpClient())
        {
            using var content = new ByteArrayContent(Envelope(Hello, Proto));
            content.Headers.ContentType = new(Proto);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Raw.RepeatPath))
            {
                Content = content,
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            await using var body = await response.Content.ReadAsStreamAsync(Token);
            await body.ReadExactlyAsync(new byte[5], Token);
        }

        await cancelled.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);

        async IAsyncEnumerable<EchoResponse> WaitingAsync(CallContext context)
        {
            using var registration = context.CancellationToken.Register(cancelled.SetResult);
            yield return new EchoResponse();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    [Fact]
    public async Task A_slow_reader_makes_the_handler_wait()
    {
        const int MessageSize = 64 * 1024;
        const int Messages = 2048;
        var sent = 0;
        var payload = ByteString.CopyFrom(new byte[MessageSize]);
        var handler = new Echo { OnRepeat = (_, _) => ManyAsync() };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Envelope(Hello, Proto));
        content.Headers.ContentType = new(Proto);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Raw.RepeatPath))
        {
            Content = content,
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        // What the sockets of both sides hold is up to the system: some MiB of 128.
        Assert.InRange(sent, 1, Messages / 4);
        var body = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal(Messages + 1, Raw.Frames(body).Count);

        async IAsyncEnumerable<EchoResponse> ManyAsync()
        {
            for (; sent < Messages; Interlocked.Increment(ref sent))
            {
                await Task.CompletedTask;
                yield return new EchoResponse { Payload = payload };
            }
        }
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task The_deadline_ends_a_stream_whose_reader_is_slow_between_two_messages(HttpProtocols protocol)
    {
        var time = new FakeTimeProvider();
        var (sent, ended) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var payload = ByteString.CopyFrom(new byte[64 * 1024]);
        var handler = new Echo { OnRepeat = (_, _) => EndlessAsync() };
        await using var server = await TestServer.StartAsync(handler, time: time, http: protocol);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Envelope(Hello, Proto));
        content.Headers.ContentType = new(Proto);
        content.Headers.Add("connect-timeout-ms", "1000");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Raw.RepeatPath))
        {
            Content = content,
            Version = server.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        time.Advance(TimeSpan.FromSeconds(1));

        var frames = Raw.Frames(await response.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(EndOfStream, frames[^1].Flags);
        Assert.Contains("deadline_exceeded", Encoding.UTF8.GetString(frames[^1].Payload), StringComparison.Ordinal);
        Assert.All(frames[..^1], frame => Assert.Equal(0, frame.Flags));
        await ended.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);

        async IAsyncEnumerable<EchoResponse> EndlessAsync()
        {
            try
            {
                for (; ; Interlocked.Increment(ref sent))
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

    /// <remarks>Over HTTP/2 what is left waits in Kestrel's bounded buffer of the stream, and holds up neither handler nor connection.</remarks>
    [Fact]
    public async Task A_reader_that_does_not_read_after_the_deadline_is_cut_off_over_http_1()
    {
        var time = new FakeTimeProvider();
        var (sent, ended) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var payload = ByteString.CopyFrom(new byte[64 * 1024]);
        var handler = new Echo { OnRepeat = (_, _) => EndlessAsync() };
        await using var server = await TestServer.StartAsync(handler, time: time, http: HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Envelope(Hello, Proto));
        content.Headers.ContentType = new(Proto);
        content.Headers.Add("connect-timeout-ms", "1000");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Raw.RepeatPath))
        {
            Content = content,
            Version = server.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        await Standstill.OfAsync(() => Volatile.Read(ref sent));

        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Token));
        await ended.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);

        async IAsyncEnumerable<EchoResponse> EndlessAsync()
        {
            try
            {
                for (; ; Interlocked.Increment(ref sent))
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

    public static TheoryData<string, byte[], string> MalformedBodies =>
        new()
        {
            { "nothing", [], "unimplemented" },
            { "half a prefix", [0, 0], "invalid_argument" },
            { "half a message", Envelope(Hello, Proto)[..^1], "invalid_argument" },
            { "two messages", [.. Envelope(Hello, Proto), .. Envelope(Hello, Proto)], "unimplemented" },
            { "an end of stream", Raw.Frame([], flags: EndOfStream), "internal" },
            { "not protobuf", Raw.Frame([0xff, 0xff]), "invalid_argument" },
            { "compressed without an encoding", Raw.Frame(Raw.Gzip([]), flags: 1), "internal" },
            { "over the limit", Raw.Frame([], length: 5_000_000), "resource_exhausted" },
        };

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public async Task A_malformed_body_gets_a_well_formed_answer(string what, byte[] body, string code)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.RepeatPath, body, Proto);

        Assert.Equal((what, code), (what, ErrorOf(answer).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task An_unknown_field_is_refused_by_its_name()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var error = ErrorOf(await server.PostAsync(Raw.RepeatPath, Raw.Frame("""{"colour":1}"""u8.ToArray()), Json));

        Assert.Equal("invalid_argument", error.GetProperty("code").GetString());
        Assert.Contains("colour", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_protocol_version_is_refused()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(
            Raw.RepeatPath,
            Envelope(Hello, Proto),
            Proto,
            ("connect-protocol-version", "2")
        );

        Assert.Equal("invalid_argument", ErrorOf(answer).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/proto")]
    public async Task The_content_type_of_unary_calls_is_415(string contentType)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.RepeatPath, Envelope(Hello, Proto), contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Contains(Json, answer.Header("accept-post"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_method_is_404()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        await ConnectUnaryTests.AssertErrorAsync(
            server.PostAsync("/nowhere.Service/Unary", Envelope(Hello, Proto), Proto),
            404,
            "unimplemented",
            "no service"
        );
    }

    private static byte[] Envelope(EchoRequest message, string contentType) =>
        contentType == Json
            ? Raw.Frame(Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message)))
            : Raw.Frame(message);

    private static EchoResponse Read(byte[] payload, string contentType) =>
        contentType == Json
            ? EchoResponse.Parser.ParseJson(Encoding.UTF8.GetString(payload))
            : EchoResponse.Parser.ParseFrom(payload);

    private static JsonElement ErrorOf(Raw.Answer answer)
    {
        var (flags, payload) = Raw.Frames(answer.Body)[^1];
        Assert.Equal(EndOfStream, flags);
        return JsonDocument.Parse(payload).RootElement.GetProperty("error");
    }
}
