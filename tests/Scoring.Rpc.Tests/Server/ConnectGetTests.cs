using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Unary calls of methods without side effects by GET.</summary>
public sealed class ConnectGetTests
{
    private static readonly Question Hello = new() { CustomerId = "ä+b?c" };

    private static readonly byte[] HelloProto = Hello.ToByteArray();

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_question_in_json_is_answered_in_json(HttpProtocols http)
    {
        await using var server = await Ask.StartAsync(http);

        var answer = await GetAsync(
            server,
            "connect=v1&encoding=json&message=" + Uri.EscapeDataString("""{"customerId":"ä+b?c"}""")
        );

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal("application/json", answer.Header("content-type"));
        Assert.Equal("Accept-Encoding", answer.Header("vary"));
        Assert.Equal("ä+b?c", answer.Json.GetProperty("customerId").GetString());
    }

    public static TheoryData<string, string> Forms =>
        new()
        {
            { "base64 of URLs", "base64=1&message=" + ForUrl(HelloProto) },
            { "base64 of URLs, padded", "base64=1&message=" + Padded(ForUrl(HelloProto)) },
            { "common base64", "base64=1&message=" + Uri.EscapeDataString(Convert.ToBase64String(HelloProto)) },
            { "bytes", "message=" + string.Concat(HelloProto.Select(b => $"%{b:X2}")) },
            { "compressed", "base64=1&compression=gzip&message=" + ForUrl(Raw.Gzip(HelloProto)) },
            { "identity", "base64=1&compression=identity&message=" + ForUrl(HelloProto) },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_question_in_protobuf_may_have_any_of_its_forms(string form, string query)
    {
        await using var server = await Ask.StartAsync();

        var answer = await GetAsync(server, "encoding=proto&" + query);

        Assert.True(answer.Http == HttpStatusCode.OK, form);
        Assert.Equal("application/proto", answer.Header("content-type"));
        Assert.Equal(Hello, Question.Parser.ParseFrom(answer.Body));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_through_percent_encoded()
    {
        await using var server = await Ask.StartAsync();
        var question = new Question { Payload = ByteString.CopyFrom(0xff, 0xfe, 0x00, 0x80) };

        var answer = await GetAsync(
            server,
            "encoding=proto&message=" + string.Concat(question.ToByteArray().Select(b => $"%{b:X2}"))
        );

        Assert.Equal(question, Question.Parser.ParseFrom(answer.Body));
    }

    [Theory]
    [InlineData("encoding=json", 400, "invalid_argument", "message")]
    [InlineData("encoding=json&message=", 400, "invalid_argument", "JSON")]
    [InlineData("encoding=proto&base64=1&message=!", 400, "invalid_argument", "message")]
    [InlineData("encoding=json&message={}&connect=v2", 400, "invalid_argument", "'2'")]
    [InlineData("encoding=json&message={}&connect=1", 400, "invalid_argument", "without v")]
    [InlineData("encoding=json&message={}&compression=zstd", 501, "unimplemented", "'zstd'")]
    [InlineData("encoding=json&message={\"nothing\":1}", 400, "invalid_argument", "nothing")]
    public async Task A_bad_query_is_refused(string query, int status, string code, string message)
    {
        await using var server = await Ask.StartAsync();

        await ConnectUnaryTests.AssertErrorAsync(GetAsync(server, query), status, code, message);
    }

    [Fact]
    public async Task A_protocol_version_is_required_only_if_the_server_is_set_so()
    {
        await using var server = await Ask.StartAsync(server: options => options.RequireConnectProtocolVersion = true);

        await ConnectUnaryTests.AssertErrorAsync(
            GetAsync(server, "encoding=json&message={}"),
            400,
            "invalid_argument",
            "connect"
        );
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, "connect=v1&encoding=json&message={}")).Http);
    }

    [Theory]
    [InlineData("")]
    [InlineData("encoding=xml&message={}")]
    public async Task A_query_of_no_known_encoding_is_415(string query)
    {
        await using var server = await Ask.StartAsync();

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await GetAsync(server, query)).Http);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_method_that_may_have_side_effects_is_not_called_by_get(HttpProtocols http)
    {
        var handler = new Echo { OnUnary = (_, _) => throw new InvalidOperationException("was called") };
        await using var server = await TestServer.StartAsync(handler, http: http);

        var answer = await server.SendAsync(
            HttpMethod.Get,
            Raw.UnaryPath + "?connect=v1&encoding=json&message={}",
            content: null
        );

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Http);
        Assert.Equal(["POST"], answer.ContentHeaders.Allow);
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task A_method_without_side_effects_still_takes_post()
    {
        await using var server = await Ask.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Ask.Path, HelloProto, "application/proto")).Http);
    }

    private static Task<Raw.Answer> GetAsync(TestServer server, string query) =>
        server.SendAsync(HttpMethod.Get, $"{Ask.Path}?{query}", content: null);

    private static string ForUrl(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Padded(string base64) =>
        Uri.EscapeDataString(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
}
