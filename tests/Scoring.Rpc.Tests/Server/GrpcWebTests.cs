using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>gRPC-Web, byte by byte, over both versions of HTTP.</summary>
public sealed class GrpcWebTests
{
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text+proto";

    private static readonly EchoRequest Hello = new() { Text = "hello" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http1, "application/grpc-web")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web+proto")]
    [InlineData(HttpProtocols.Http2, "application/grpc-web+proto")]
    public async Task A_unary_call_is_answered_with_a_message_and_trailers_in_the_body(
        HttpProtocols http,
        string contentType
    )
    {
        await using var server = await TestServer.StartAsync(http: http);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(Hello), contentType);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Binary, answer.ContentHeaders.ContentType?.MediaType);
        var frames = Raw.Frames(answer.Body);
        Assert.Equal([0, 0x80], frames.Select(frame => frame.Flags));
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(frames[0].Payload).Text);
        Assert.Equal("grpc-status: 0\r\n", Encoding.ASCII.GetString(frames[1].Payload));
        Assert.Empty(answer.Trailers);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_text_call_is_base64_both_ways(HttpProtocols http)
    {
        await using var server = await TestServer.StartAsync(http: http);
        var payload = ByteString.CopyFrom([.. Enumerable.Range(0, 100_000).Select(i => (byte)i)]);
        var request = Raw.Frame(new EchoRequest { Text = "hello", Payload = payload });

        var answer = await server.PostAsync(Raw.UnaryPath, Base64(request), Text);

        Assert.Equal(Text, answer.ContentHeaders.ContentType?.MediaType);
        var frames = Raw.Frames(Plain(answer.Body));
        Assert.Equal([0, 0x80], frames.Select(frame => frame.Flags));
        Assert.Equal(payload, EchoResponse.Parser.ParseFrom(frames[0].Payload).Payload);
        Assert.Equal(StatusCode.Ok, StatusOf(frames[1]));
    }

    [Fact]
    public async Task A_text_request_may_be_several_padded_chunks_that_do_not_end_where_messages_do()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);
        var frame = Raw.Frame(Hello);

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            [
                .. Base64(frame.AsSpan(0, 1)),
                .. Base64(frame.AsSpan(1, 2)),
                .. Base64(frame.AsSpan(3, 4)),
                .. Base64(frame.AsSpan(7)),
            ],
            Text
        );

        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(Raw.Frames(Plain(answer.Body))[0].Payload).Text);
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("AAAAA")]
    [InlineData("AAAA AAA")]
    [InlineData("=AAA")]
    [InlineData("A===")]
    public async Task What_is_not_base64_is_an_error(string body)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, Encoding.ASCII.GetBytes(body), Text);

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Contains("base64", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Binary, "application/grpc-web-text", Text)]
    [InlineData(Text, "application/grpc-web", Binary)]
    [InlineData(Text, "*/*", Text)]
    public async Task The_accept_header_decides_the_form_of_the_answer(string sent, string accepted, string answered)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);
        var frame = Raw.Frame(Hello);

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            sent == Text ? Base64(frame) : frame,
            sent,
            ("accept", accepted)
        );

        Assert.Equal(answered, answer.ContentHeaders.ContentType?.MediaType);
        var body = answered == Text ? Plain(answer.Body) : answer.Body;
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(Raw.Frames(body)[0].Payload).Text);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, Binary)]
    [InlineData(HttpProtocols.Http2, Binary)]
    [InlineData(HttpProtocols.Http1, Text)]
    [InlineData(HttpProtocols.Http2, Text)]
    public async Task A_stream_of_responses_ends_with_the_trailers(HttpProtocols http, string contentType)
    {
        await using var server = await TestServer.StartAsync(http: http);
        var request = Raw.Frame(new EchoRequest { Text = "again", Count = 3 });

        var answer = await server.PostAsync(
            Raw.RepeatPath,
            contentType == Text ? Base64(request) : request,
            contentType
        );

        var frames = Raw.Frames(contentType == Text ? Plain(answer.Body) : answer.Body);
        Assert.Equal([0, 0, 0, 0x80], frames.Select(frame => frame.Flags));
        Assert.Equal([0, 1, 2], frames[..3].Select(frame => EchoResponse.Parser.ParseFrom(frame.Payload).Count));
        Assert.Equal(StatusCode.Ok, StatusOf(frames[3]));
    }

    [Fact]
    public async Task An_empty_stream_is_trailers_alone()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.RepeatPath, Raw.Frame(new EchoRequest()), Binary);

        Assert.Equal(StatusCode.Ok, StatusOf(Assert.Single(Raw.Frames(answer.Body))));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_stream_that_fails_tells_so_in_the_trailers_of_the_body(HttpProtocols http)
    {
        var handler = new Echo { OnRepeat = (_, context) => FailingAsync(context) };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var answer = await server.PostAsync(Raw.RepeatPath, Raw.Frame(Hello), Binary);

        Assert.Equal("h", answer.Headers.GetValues("x-head").Single());
        var frames = Raw.Frames(answer.Body);
        Assert.Equal([0, 0x80], frames.Select(frame => frame.Flags));
        var trailers = Encoding.ASCII.GetString(frames[1].Payload);
        Assert.Contains("grpc-status: 8\r\n", trailers, StringComparison.Ordinal);
        Assert.Contains("grpc-message: sp%C3%A4ter\r\n", trailers, StringComparison.Ordinal);
        Assert.Contains("grpc-status-details-bin: ", trailers, StringComparison.Ordinal);
        Assert.Contains("x-tail-bin: AQI\r\n", trailers, StringComparison.Ordinal);

        static async IAsyncEnumerable<EchoResponse> FailingAsync(CallContext context)
        {
            context.ResponseHeaders.Add("x-head", "h");
            context.ResponseTrailers.Add("x-tail-bin", new byte[] { 1, 2 });
            yield return new EchoResponse();
            await Task.Yield();
            throw RpcError.ResourceExhausted("später", TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task An_error_without_a_response_has_its_status_in_the_headers(HttpProtocols http)
    {
        var handler = new Echo { OnUnary = (_, _) => throw RpcError.InvalidArgument("text", "must be short") };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(Hello), Binary);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Binary, answer.ContentHeaders.ContentType?.MediaType);
        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Equal("text: must be short", answer.Message);
        Assert.Empty(answer.Body);
        var details = answer.Value("grpc-status-details-bin");
        var status = Google.Rpc.Status.Parser.ParseFrom(
            Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '='))
        );
        Assert.Equal("text", status.Details.Single().Unpack<BadRequest>().FieldViolations.Single().Field);
    }

    [Fact]
    public async Task An_unexpected_exception_does_not_leak_its_text()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("the secret of the house") };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(Hello), Binary);

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.DoesNotContain("secret", answer.Message, StringComparison.Ordinal);
        Assert.Contains(
            answer.Message.Split(' ')[^1].TrimEnd('.'),
            Assert.Single(server.Logged),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task An_unknown_method_is_unimplemented(HttpProtocols http)
    {
        await using var server = await TestServer.StartAsync(http: http);

        var answer = await server.PostAsync("/scoring.rpc.test.EchoService/Nothing", Raw.Frame(Hello), Text);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Text, answer.ContentHeaders.ContentType?.MediaType);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_stream_of_requests_is_taken_to_its_end(HttpProtocols http)
    {
        await using var server = await TestServer.StartAsync(http: http);
        byte[] requests = [.. Raw.Frame(new EchoRequest { Text = "a" }), .. Raw.Frame(new EchoRequest { Text = "b" })];

        var answer = await server.PostAsync(Raw.CollectPath, requests, Binary);

        Assert.Equal("a,b", EchoResponse.Parser.ParseFrom(Raw.Frames(answer.Body)[0].Payload).Text);
    }

    [Fact]
    public async Task A_bidirectional_stream_needs_http_2()
    {
        await using var old = await TestServer.StartAsync(http: HttpProtocols.Http1);
        await using var current = await TestServer.StartAsync();

        var refused = await old.PostAsync(Raw.ChatPath, Raw.Frame(Hello), Binary);
        var answered = await current.PostAsync(Raw.ChatPath, Raw.Frame(Hello), Binary);

        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, refused.Http);
        Assert.Contains("close", refused.Headers.Connection);
        Assert.Equal([0, 0x80], Raw.Frames(answered.Body).Select(frame => frame.Flags));
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task The_deadline_is_answered_within_a_stream(HttpProtocols http)
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new Echo { OnRepeat = (_, context) => WaitingAsync(context) };
        await using var server = await TestServer.StartAsync(handler, time: time, http: http);
        var call = server.PostAsync(Raw.RepeatPath, Raw.Frame(Hello), Binary, ("grpc-timeout", "1S"));
        await entered.Task.WaitAsync(Token);

        time.Advance(TimeSpan.FromSeconds(1));

        var frames = Raw.Frames((await call).Body);
        Assert.Equal([0, 0x80], frames.Select(frame => frame.Flags));
        Assert.Equal(StatusCode.DeadlineExceeded, StatusOf(frames[1]));

        async IAsyncEnumerable<EchoResponse> WaitingAsync(CallContext context)
        {
            yield return new EchoResponse();
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
    }

    [Fact]
    public async Task Messages_are_compressed_both_ways_and_the_trailers_are_not()
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.CompressResponses = true,
            http: HttpProtocols.Http1
        );

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Raw.Frame(Raw.Gzip(Hello.ToByteArray()), flags: 1),
            Binary,
            ("grpc-encoding", "gzip"),
            ("grpc-accept-encoding", "gzip")
        );

        var frames = Raw.Frames(answer.Body);
        Assert.Equal("gzip", answer.Headers.GetValues("grpc-encoding").Single());
        Assert.Equal([1, 0x80], frames.Select(frame => frame.Flags));
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(Raw.Gunzip(frames[0].Payload)).Text);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task A_request_over_the_limit_is_refused(string contentType)
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.MaxReceiveMessageSize = 100,
            http: HttpProtocols.Http1
        );
        var frame = Raw.Frame(new byte[101]);

        var answer = await server.PostAsync(Raw.UnaryPath, contentType == Text ? Base64(frame) : frame, contentType);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
    }

    [Fact]
    public async Task A_frame_of_trailers_in_a_request_is_refused()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame([], flags: 0x80), Binary);

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_handler()
    {
        var (entered, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
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
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Raw.Frame(Hello));
        content.Headers.ContentType = new(Binary);
        using var patience = new CancellationTokenSource();
        var call = http.PostAsync(new Uri(server.Address, Raw.UnaryPath), content, patience.Token);
        await entered.Task.WaitAsync(Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);
    }

    private static byte[] Base64(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    /// <summary>The bytes behind base64 that may be padded in its midst.</summary>
    private static byte[] Plain(byte[] base64) =>
        [.. base64.Chunk(4).SelectMany(group => Convert.FromBase64String(Encoding.ASCII.GetString(group)))];

    private static StatusCode StatusOf((byte Flags, byte[] Payload) trailers) =>
        (StatusCode)
            int.Parse(
                Encoding
                    .ASCII.GetString(trailers.Payload)
                    .Split("\r\n")
                    .Single(line => line.StartsWith("grpc-status: ", StringComparison.Ordinal))[
                    "grpc-status: ".Length..
                ]
            );
}
