using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scoring.Rpc.Tests.Server;

/// <summary>What no proper client sends: the answer tells the caller its fault, and no more of it than fits a line.</summary>
public sealed class HostileInputTests
{
    private const string Json = "application/json";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 400", "\"invalid_argument\"", Json)]
    [InlineData("2\r\n{}xx", "HTTP/1.1 400", "\"invalid_argument\"", Json)]
    [InlineData("zz\r\n\r\n", "HTTP/1.1 200", "\"invalid_argument\"", "application/connect+json")]
    [InlineData("zz\r\n\r\n", "HTTP/1.1 200", "grpc-status: 3", "application/grpc-web")]
    public async Task A_broken_chunk_is_the_fault_of_the_caller(string body, string status, string part, string type)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);
        var path = type == Json ? Raw.UnaryPath : Raw.CollectPath;

        var answer = await ExchangeAsync(
            server,
            $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
        );

        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.Contains(part, answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("chunk", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(server.Logged);
    }

    [Fact]
    public async Task A_body_over_the_limit_of_the_server_is_told_so()
    {
        await using var server = await TestServer.StartAsync(
            http: HttpProtocols.Http1,
            kestrel: options => options.Limits.MaxRequestBodySize = 10
        );

        await ConnectUnaryTests.AssertErrorAsync(
            server.PostAsync(Raw.UnaryPath, """{"text":"more than ten bytes"}"""u8.ToArray(), Json),
            429,
            "resource_exhausted",
            "larger than the server takes"
        );
    }

    [Theory]
    [InlineData("connect-timeout-ms")]
    [InlineData("connect-protocol-version")]
    [InlineData("content-encoding")]
    public async Task A_header_that_is_refused_is_repeated_only_in_part(string header)
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Raw.UnaryPath, "{}"u8.ToArray(), Json, (header, new string('x', 8000)));

        var message = answer.Json.GetProperty("message").GetString()!;
        Assert.Contains(new string('x', PeerText.MaxLength) + "...", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 400);
    }

    [Fact]
    public async Task A_path_that_is_unknown_is_repeated_on_one_line_and_only_in_part()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        var answer = await server.PostAsync("/a%0D%0Ab" + new string('x', 4000), "{}"u8.ToArray(), Json);

        var message = answer.Json.GetProperty("message").GetString()!;
        Assert.InRange(message.Length, 1, 200);
        Assert.DoesNotContain(message, c => char.IsControl(c));
    }

    [Fact]
    public async Task A_value_that_is_refused_is_repeated_only_in_part()
    {
        await using var server = await Ask.StartAsync();

        var answer = await server.PostAsync(
            Ask.Path,
            Encoding.UTF8.GetBytes($$"""{"askedAt":"{{new string('x', 1_000_000)}}"}"""),
            Json
        );

        Assert.InRange(answer.Body.Length, 1, 1000);
        Assert.Equal("invalid_argument", answer.Json.GetProperty("code").GetString());
    }

    /// <summary>A plus sign is a space to queries and none of base64: skipped, it would give other bytes.</summary>
    [Fact]
    public async Task A_plus_sign_in_the_base64_of_a_query_is_one()
    {
        await using var server = await Ask.StartAsync();
        var message = new Protos.Question { Payload = ByteString.CopyFrom([.. Enumerable.Repeat<byte>(0xfb, 24)]) };
        var base64 = Convert.ToBase64String(message.ToByteArray());
        Assert.Contains('+', base64);

        var answer = await server.SendAsync(
            HttpMethod.Get,
            $"{Ask.Path}?connect=v1&encoding=proto&base64=1&message={base64}",
            content: null
        );

        Assert.Equal(message, Protos.Question.Parser.ParseFrom(answer.Body));
    }

    [Fact]
    public async Task Messages_before_a_fault_in_base64_reach_the_handler_however_they_come()
    {
        var read = 0;
        var handler = new Echo
        {
            OnCollect = async (requests, _) =>
            {
                await foreach (var request in requests)
                {
                    read += request.Text.Length;
                }

                return new Protos.EchoResponse();
            },
        };
        await using var server = await TestServer.StartAsync(handler, http: HttpProtocols.Http1);
        var frame = Convert.ToBase64String(Raw.Frame(new Protos.EchoRequest { Text = "a" }));

        var answer = await server.PostAsync(
            Raw.CollectPath,
            Encoding.ASCII.GetBytes(frame + frame + "****"),
            "application/grpc-web-text"
        );

        Assert.Equal(StatusCode.Internal, answer.Status);
        Assert.Equal(2, read);
    }

    private static async Task<string> ExchangeAsync(TestServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        // A body that is broken ends the connection.
        return await reader.ReadToEndAsync(Token);
    }
}
