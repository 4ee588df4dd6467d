using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Unary calls by Connect, as plain HTTP clients make them.</summary>
public sealed class ConnectUnaryTests
{
    private const string Proto = "application/proto";
    private const string Json = "application/json";

    private static readonly byte[] HelloJson = """{"text":"hello"}"""u8.ToArray();
    private static readonly byte[] HelloProto = new EchoRequest { Text = "hello" }.ToByteArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http1, "application/json")]
    [InlineData(HttpProtocols.Http2, "application/json")]
    [InlineData(HttpProtocols.Http1, "Application/JSON; charset=utf-8")]
    public async Task A_json_call_is_answered_in_json(HttpProtocols http, string contentType)
    {
        await using var server = await TestServer.StartAsync(http: http);

        var answer = await server.PostAsync(Raw.UnaryPath, HelloJson, contentType);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Json, answer.Header("content-type"));
        Assert.Equal("hello", answer.Json.GetProperty("text").GetString());
        Assert.Equal(answer.Body.Length, answer.ContentHeaders.ContentLength);
        Assert.Empty(answer.Trailers);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_protobuf_call_is_answered_in_protobuf(HttpProtocols http)
    {
        await using var server = await TestServer.StartAsync(http: http);

        var answer = await server.PostAsync(Raw.UnaryPath, HelloProto, Proto, ("connect-protocol-version", "1"));

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(Proto, answer.Header("content-type"));
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(answer.Body).Text);
    }

    [Fact]
    public async Task Nothing_is_an_empty_message_in_protobuf()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, [], Proto);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Empty(answer.Body);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_large_message_passes_both_ways(HttpProtocols http)
    {
        await using var server = await TestServer.StartAsync(http: http);
        var payload = ByteString.CopyFrom(new byte[3 * 1024 * 1024]);

        var answer = await server.PostAsync(Raw.UnaryPath, new EchoRequest { Payload = payload }.ToByteArray(), Proto);

        Assert.Equal(payload, EchoResponse.Parser.ParseFrom(answer.Body).Payload);
    }

    [Fact]
    public async Task Protobuf_that_cannot_be_read_is_invalid()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, [0xff, 0xff], Proto),
            400,
            "invalid_argument",
            "protobuf"
        );
    }

    [Theory]
    [InlineData(StatusCode.Cancelled, "canceled", 499)]
    [InlineData(StatusCode.Unknown, "unknown", 500)]
    [InlineData(StatusCode.InvalidArgument, "invalid_argument", 400)]
    [InlineData(StatusCode.DeadlineExceeded, "deadline_exceeded", 504)]
    [InlineData(StatusCode.NotFound, "not_found", 404)]
    [InlineData(StatusCode.AlreadyExists, "already_exists", 409)]
    [InlineData(StatusCode.PermissionDenied, "permission_denied", 403)]
    [InlineData(StatusCode.ResourceExhausted, "resource_exhausted", 429)]
    [InlineData(StatusCode.FailedPrecondition, "failed_precondition", 400)]
    [InlineData(StatusCode.Aborted, "aborted", 409)]
    [InlineData(StatusCode.OutOfRange, "out_of_range", 400)]
    [InlineData(StatusCode.Unimplemented, "unimplemented", 501)]
    [InlineData(StatusCode.Internal, "internal", 500)]
    [InlineData(StatusCode.Unavailable, "unavailable", 503)]
    [InlineData(StatusCode.DataLoss, "data_loss", 500)]
    [InlineData(StatusCode.Unauthenticated, "unauthenticated", 401)]
    public async Task Every_code_has_its_name_and_its_http_status(StatusCode code, string name, int status)
    {
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(code, "because") };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        await AssertErrorAsync(server.PostAsync(Raw.UnaryPath, HelloProto, Proto), status, name, "because");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task An_error_is_json_with_its_details(HttpProtocols http)
    {
        var handler = new Echo { OnUnary = (_, _) => throw RpcError.InvalidArgument("text", "zu länglich \"hier\"") };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var answer = await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloProto, Proto),
            400,
            "invalid_argument",
            "text: zu länglich \"hier\""
        );

        Assert.Contains("zu länglich", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        var detail = answer.Json.GetProperty("details").EnumerateArray().Single();
        Assert.Equal("google.rpc.BadRequest", detail.GetProperty("type").GetString());
        var value = detail.GetProperty("value").GetString()!;
        Assert.DoesNotContain('=', value);
        var violation = BadRequest
            .Parser.ParseFrom(Convert.FromBase64String(value.PadRight((value.Length + 3) / 4 * 4, '=')))
            .FieldViolations.Single();
        Assert.Equal("text", violation.Field);
        var readable = detail.GetProperty("debug").GetProperty("fieldViolations").EnumerateArray().Single();
        Assert.Equal("text", readable.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_detail_of_an_unknown_type_goes_without_a_readable_form()
    {
        var detail = new Google.Protobuf.WellKnownTypes.Any
        {
            TypeUrl = "type.googleapis.com/no.Such",
            Value = ByteString.CopyFrom(1, 2),
        };
        var handler = new Echo { OnUnary = (_, _) => throw new RpcException(StatusCode.Aborted, "x", [detail]) };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, HelloJson, Json);

        Assert.Equal("""{"type":"no.Such","value":"AQI"}""", answer.Json.GetProperty("details")[0].GetRawText());
    }

    [Fact]
    public async Task An_unexpected_exception_is_internal_with_a_reference_that_the_log_holds()
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("the secret of the house") };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await AssertErrorAsync(server.PostAsync(Raw.UnaryPath, HelloJson, Json), 500, "internal", "log");

        var message = answer.Json.GetProperty("message").GetString()!;
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        Assert.Contains(message.Split(' ')[^1].TrimEnd('.'), Assert.Single(server.Logged), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "/scoring.rpc.test.EchoService/Nothing", "has no method")]
    [InlineData(HttpProtocols.Http2, "/scoring.rpc.test.EchoService/Nothing", "has no method")]
    [InlineData(HttpProtocols.Http1, "/scoring.rpc.test.EchoService/unary", "no method")]
    [InlineData(HttpProtocols.Http1, "/nowhere.Service/Unary", "no service nowhere.Service")]
    public async Task An_unknown_method_is_404_and_unimplemented(HttpProtocols http, string path, string message)
    {
        await using var server = await TestServer.StartAsync(http: http);

        await AssertErrorAsync(server.PostAsync(path, HelloJson, Json), 404, "unimplemented", message);
    }

    [Theory]
    [InlineData("application/connect+json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Another_content_type_is_415_and_told_what_would_do(string contentType)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, HelloJson, contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Contains("application/json", answer.Header("accept-post"), StringComparison.Ordinal);
        Assert.DoesNotContain("connect+json", answer.Header("accept-post"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Metadata_goes_both_ways_in_headers_and_trailers_have_a_prefix(HttpProtocols http)
    {
        string[] seen = [];
        var handler = new Echo
        {
            OnUnary = (request, context) =>
            {
                seen = [.. context.RequestHeaders.Select(entry => entry.Key).Order(StringComparer.Ordinal)];
                context.ResponseHeaders.Add("x-head", context.RequestHeaders.GetText("x-in")!);
                context.ResponseTrailers.Add("x-tail", "one");
                context.ResponseTrailers.Add("x-tail", "two");
                context.ResponseTrailers.Add("x-tail-bin", new byte[] { 1, 2 });
                return request.Count == 0
                    ? Task.FromResult(Echo.Answer(request))
                    : throw new RpcException(StatusCode.Aborted, "no", [], new Metadata { { "x-error", "e" } });
            },
        };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var good = await SendAsync("""{"text":"hello"}""");
        var bad = await SendAsync("""{"count":1}""");

        Assert.Equal(["x-in"], seen);
        foreach (var answer in new[] { good, bad })
        {
            Assert.Equal("value", answer.Header("x-head"));
            Assert.Equal("one,two", answer.Header("trailer-x-tail"));
            Assert.Equal("AQI", answer.Header("trailer-x-tail-bin"));
        }

        Assert.Equal(HttpStatusCode.OK, good.Http);
        Assert.Equal(HttpStatusCode.Conflict, bad.Http);
        Assert.Equal("e", bad.Header("trailer-x-error"));

        Task<Raw.Answer> SendAsync(string json) =>
            server.PostAsync(
                Raw.UnaryPath,
                Encoding.UTF8.GetBytes(json),
                Json,
                ("x-in", "value"),
                ("connect-protocol-version", "1"),
                ("connect-timeout-ms", "60000"),
                ("accept", "*/*"),
                ("accept-encoding", "gzip")
            );
    }

    [Fact]
    public async Task Headers_that_a_handler_sends_early_do_not_settle_the_http_status()
    {
        var handler = new Echo
        {
            OnUnary = async (_, context) =>
            {
                context.ResponseHeaders.Add("x-head", "h");
                await context.SendHeadersAsync();
                throw new RpcException(StatusCode.NotFound, "gone");
            },
        };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await AssertErrorAsync(server.PostAsync(Raw.UnaryPath, HelloJson, Json), 404, "not_found", "gone");

        Assert.Equal("h", answer.Header("x-head"));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("v1")]
    [InlineData("")]
    public async Task Another_protocol_version_is_refused(string version)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloJson, Json, ("connect-protocol-version", version)),
            400,
            "invalid_argument",
            "connect-protocol-version"
        );
    }

    [Fact]
    public async Task A_protocol_version_is_required_only_if_the_server_is_set_so()
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.RequireConnectProtocolVersion = true,
            http: HttpProtocols.Http1
        );

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloJson, Json),
            400,
            "invalid_argument",
            "connect-protocol-version"
        );
        var answer = await server.PostAsync(Raw.UnaryPath, HelloJson, Json, ("connect-protocol-version", "1"));
        Assert.Equal(HttpStatusCode.OK, answer.Http);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("12345678901")]
    public async Task A_bad_timeout_is_refused(string timeout)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloJson, Json, ("connect-timeout-ms", timeout)),
            400,
            "invalid_argument",
            "connect-timeout-ms"
        );
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task The_deadline_is_answered_even_if_the_handler_ignores_it(HttpProtocols http)
    {
        var time = new FakeTimeProvider();
        var (entered, release, ended) = (Signal(), Signal(), Signal());
        var deadline = default(DateTimeOffset?);
        var handler = new Echo
        {
            OnUnary = async (request, context) =>
            {
                deadline = context.Deadline;
                entered.SetResult();
                await release.Task;
                ended.SetResult();
                return Echo.Answer(request);
            },
        };
        await using var server = await TestServer.StartAsync(handler, time: time, http: http);
        var start = time.GetUtcNow();
        var call = server.PostAsync(Raw.UnaryPath, HelloJson, Json, ("connect-timeout-ms", "2000"));
        await entered.Task.WaitAsync(Token);

        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        await AssertErrorAsync(call, 504, "deadline_exceeded", "deadline");
        Assert.Equal(start + TimeSpan.FromSeconds(2), deadline);
        release.SetResult();
        await ended.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_is_answered_so()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloJson, Json, ("connect-timeout-ms", "0")),
            504,
            "deadline_exceeded",
            "deadline"
        );
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_handler()
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
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent(HelloJson);
        content.Headers.ContentType = new(Json);
        using var patience = new CancellationTokenSource();
        var call = http.PostAsync(new Uri(server.Address, Raw.UnaryPath), content, patience.Token);
        await entered.Task.WaitAsync(Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(Token);
        Assert.Empty(server.Logged);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("identity", false)]
    public async Task A_handler_sees_whether_the_request_came_compressed(string encoding, bool compressed)
    {
        var handler = new Echo
        {
            OnUnary = (_, context) =>
                Task.FromResult(new EchoResponse { Count = context.RequestWasCompressed ? 1 : 0 }),
        };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            compressed ? Raw.Gzip(HelloProto) : HelloProto,
            Proto,
            ("content-encoding", encoding)
        );

        Assert.Equal(compressed ? 1 : 0, EchoResponse.Parser.ParseFrom(answer.Body).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("chunked")]
    public async Task A_request_over_the_limit_is_refused_with_the_setting(string transfer)
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.MaxReceiveMessageSize = 100,
            http: HttpProtocols.Http1
        );
        (string, string)[] headers = transfer.Length == 0 ? [] : [("transfer-encoding", transfer)];

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, new byte[101], Proto, headers),
            429,
            "resource_exhausted",
            "RpcServerOptions.MaxReceiveMessageSize"
        );
    }

    [Fact]
    public async Task A_response_over_the_limit_is_refused_before_anything_is_sent()
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.MaxSendMessageSize = 5,
            http: HttpProtocols.Http1
        );

        await AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, HelloJson, Json),
            429,
            "resource_exhausted",
            "RpcServerOptions.MaxSendMessageSize"
        );
    }

    internal static async Task<Raw.Answer> AssertErrorAsync(
        Task<Raw.Answer> call,
        int status,
        string code,
        string message
    )
    {
        var answer = await call;
        Assert.Equal(status, (int)answer.Http);
        Assert.Equal(Json, answer.Header("content-type"));
        Assert.Equal(code, answer.Json.GetProperty("code").GetString());
        Assert.Contains(message, answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        return answer;
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
