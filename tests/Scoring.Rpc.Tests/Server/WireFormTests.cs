using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>What the server makes of bytes and headers, right and wrong ones.</summary>
public sealed class WireFormTests
{
    private static readonly byte[] Hello = Raw.Frame(new EchoRequest { Text = "hello" });

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("Application/GRPC; charset=utf-8")]
    public async Task A_good_call_is_answered_with_a_frame_and_the_status_in_trailers(string contentType)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, contentType);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal("application/grpc", answer.ContentHeaders.ContentType?.MediaType);
        Assert.False(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.Ok, answer.Status);
        Assert.Equal(Raw.Frame(new EchoResponse { Text = "hello" }), answer.Body);
    }

    [Theory]
    [InlineData("application/connect+json")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpcx")]
    [InlineData("text/plain")]
    public async Task Another_content_type_is_415_and_told_what_is_served(string contentType)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Contains(
            "application/grpc",
            string.Join(',', answer.Headers.GetValues("Accept-Post")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_no_rpc_is_not_touched()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await server.SendAsync(HttpMethod.Get, "/some/page", null)).Http);
        Assert.Equal(
            HttpStatusCode.MethodNotAllowed,
            (await server.SendAsync(HttpMethod.Get, Raw.UnaryPath, null)).Http
        );
    }

    [Fact]
    public async Task Grpc_over_http_1_is_refused_as_such()
    {
        await using var server = await TestServer.StartAsync(listen: endpoint =>
            endpoint.Protocols = HttpProtocols.Http1
        );
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Hello);
        content.Headers.ContentType = new("application/grpc");

        var response = await http.PostAsync(new Uri(server.Address, Raw.UnaryPath), content);

        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, response.StatusCode);
    }

    [Fact]
    public async Task Grpc_over_http_3_is_refused_as_such()
    {
        await using var server = await TestServer.StartAsync();
        var endpoint = server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Single(endpoint => endpoint.RoutePattern.RawText == Raw.UnaryPath);
        // Not every machine can speak QUIC, so the request does not come from one.
        var http = new DefaultHttpContext
        {
            Request =
            {
                Protocol = HttpProtocol.Http3,
                Method = HttpMethods.Post,
                Path = Raw.UnaryPath,
                ContentType = "application/grpc",
            },
        };

        await endpoint.RequestDelegate!(http);

        Assert.Equal(StatusCodes.Status505HttpVersionNotsupported, http.Response.StatusCode);
    }

    [Theory]
    [InlineData("/scoring.rpc.test.EchoService/Nothing", "has no method")]
    [InlineData("/scoring.rpc.test.EchoService/unary", "no method")]
    [InlineData("/nowhere.Service/Unary", "no service nowhere.Service")]
    public async Task An_unknown_method_is_unimplemented(string path, string message)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(path, Hello);

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.True(answer.IsTrailersOnly);
        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], StatusCode> MalformedBodies =>
        new()
        {
            { "nothing", [], StatusCode.Unimplemented },
            { "half a prefix", [0, 0], StatusCode.Internal },
            { "half a message", Hello[..^1], StatusCode.Internal },
            { "two messages", [.. Hello, .. Hello], StatusCode.Unimplemented },
            { "a message and a half", [.. Hello, .. Hello[..^1]], StatusCode.Internal },
            { "unknown flags", Raw.Frame([], flags: 2), StatusCode.Internal },
            { "not protobuf", Raw.Frame([0xff, 0xff, 0xff]), StatusCode.Internal },
            { "text that is not UTF-8", Raw.Frame([10, 1, 0xff]), StatusCode.Internal },
            { "compressed without an encoding", Raw.Frame(Raw.Gzip([]), flags: 1), StatusCode.Internal },
        };

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    public async Task A_malformed_body_gets_a_well_formed_answer(string what, byte[] body, StatusCode code)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.UnaryPath, body);

        Assert.True(answer.Http == HttpStatusCode.OK, what);
        Assert.True(
            answer.Status == code || what.StartsWith("text", StringComparison.Ordinal),
            $"{what}: {answer.Status}"
        );
        Assert.Empty(answer.Body.Length > 0 && answer.Status != StatusCode.Ok ? answer.Body : []);
        Assert.Equal(StatusCode.Ok, (await server.PostAsync(Raw.UnaryPath, Hello)).Status);
    }

    [Fact]
    public async Task A_malformed_frame_within_a_stream_ends_the_call()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.CollectPath, [.. Hello, .. Hello[..^1]]);

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task A_gzip_request_is_read_and_the_server_says_what_it_takes()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Raw.Frame(Raw.Gzip(Hello[5..]), flags: 1),
            headers: ("grpc-encoding", "gzip")
        );

        Assert.Equal(StatusCode.Ok, answer.Status);
        Assert.Equal(Hello, answer.Body);
        Assert.Equal("identity,gzip,br,deflate", string.Join(',', answer.Headers.GetValues("grpc-accept-encoding")));
    }

    [Fact]
    public async Task Broken_gzip_is_an_error()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Raw.Frame([1, 2, 3], flags: 1),
            headers: ("grpc-encoding", "gzip")
        );

        Assert.Equal(StatusCode.Internal, answer.Status);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_told_the_known_ones()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-encoding", "zstd"));

        Assert.Equal(StatusCode.Unimplemented, answer.Status);
        Assert.Equal("identity,gzip,br,deflate", answer.Value("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData(true, "gzip", true)]
    [InlineData(true, "identity", false)]
    [InlineData(false, "gzip", false)]
    public async Task Responses_are_compressed_if_the_server_is_set_so_and_the_caller_takes_it(
        bool set,
        string accepted,
        bool compressed
    )
    {
        await using var server = await TestServer.StartAsync(server: options => options.CompressResponses = set);

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-accept-encoding", accepted));

        Assert.Equal(compressed ? 1 : 0, answer.Body[0]);
        Assert.Equal(compressed, answer.Headers.Contains("grpc-encoding"));
    }

    [Fact]
    public async Task A_handler_chooses_compression_message_by_message()
    {
        var handler = new Echo { OnRepeat = AlternateAsync };
        await using var server = await TestServer.StartAsync(handler);

        var answer = await server.PostAsync(Raw.RepeatPath, Hello, headers: ("grpc-accept-encoding", "gzip"));

        Assert.Equal("gzip", string.Join(',', answer.Headers.GetValues("grpc-encoding")));
        Assert.Equal(0, answer.Body[0]);
        Assert.Equal(1, answer.Body[Raw.Frame(new EchoResponse { Text = "plain" }).Length]);

        static async IAsyncEnumerable<EchoResponse> AlternateAsync(EchoRequest request, CallContext context)
        {
            context.CompressResponses = false;
            yield return new EchoResponse { Text = "plain" };
            await Task.Yield();
            context.CompressResponses = true;
            yield return new EchoResponse { Text = "compressed" };
        }
    }

    [Fact]
    public async Task A_handler_sees_of_each_request_whether_it_came_compressed()
    {
        var handler = new Echo
        {
            OnChat = (requests, context) =>
                requests.Select(_ => new EchoResponse { Text = context.RequestWasCompressed ? "compressed" : "plain" }),
        };
        await using var server = await TestServer.StartAsync(handler);
        var message = new EchoRequest { Text = "hello" }.ToByteArray();

        var answer = await server.PostAsync(
            Raw.ChatPath,
            [.. Hello, .. Raw.Frame(Raw.Gzip(message), flags: 1), .. Hello],
            headers: ("grpc-encoding", "gzip")
        );

        Assert.Equal(
            ["plain", "compressed", "plain"],
            Raw.Frames(answer.Body).Select(frame => EchoResponse.Parser.ParseFrom(frame.Payload).Text)
        );
    }

    [Fact]
    public async Task A_request_over_the_limit_is_refused_with_the_sizes_and_the_setting()
    {
        await using var server = await TestServer.StartAsync(server: options => options.MaxReceiveMessageSize = 100);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(new byte[101]));

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("101", answer.Message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", answer.Message, StringComparison.Ordinal);
        Assert.Contains("RpcServerOptions.MaxReceiveMessageSize", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decompression_bomb_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Raw.Frame(Raw.Gzip(new byte[200_000_000]), flags: 1),
            headers: ("grpc-encoding", "gzip")
        );

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("after decompression", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_over_the_limit_is_refused_with_the_sizes_and_the_setting()
    {
        await using var server = await TestServer.StartAsync(server: options => options.MaxSendMessageSize = 5);

        var answer = await server.PostAsync(Raw.UnaryPath, Hello);

        Assert.Equal(StatusCode.ResourceExhausted, answer.Status);
        Assert.Contains("RpcServerOptions.MaxSendMessageSize", answer.Message, StringComparison.Ordinal);
        Assert.Empty(answer.Body);
    }

    [Fact]
    public async Task Messages_just_within_the_default_limit_pass()
    {
        await using var server = await TestServer.StartAsync();
        var payload = ByteString.CopyFrom(new byte[(4 * 1024 * 1024) - 5]);

        var answer = await server.PostAsync(Raw.UnaryPath, Raw.Frame(new EchoRequest { Payload = payload }));

        Assert.Equal(StatusCode.Ok, answer.Status);
        Assert.Equal(5 + (4 * 1024 * 1024), answer.Body.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5s")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    public async Task A_bad_timeout_is_refused(string timeout)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, headers: ("grpc-timeout", timeout));

        Assert.Equal(StatusCode.InvalidArgument, answer.Status);
        Assert.Contains("grpc-timeout", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_metadata_is_read_padded_unpadded_and_joined()
    {
        List<byte[]> received = [];
        var handler = new Echo
        {
            OnUnary = (request, context) =>
            {
                received.AddRange(context.RequestHeaders.GetAll("x-raw-bin").Select(entry => entry.Bytes.ToArray()));
                return Task.FromResult(Echo.Answer(request));
            },
        };
        await using var server = await TestServer.StartAsync(handler);

        await server.PostAsync(Raw.UnaryPath, Hello, headers: [("X-Raw-Bin", "AQ==,AQI"), ("x-raw-bin", "!,AQID")]);

        Assert.Equal(
            [
                [1],
                [1, 2],
                [1, 2, 3],
            ],
            received
        );
    }
}
