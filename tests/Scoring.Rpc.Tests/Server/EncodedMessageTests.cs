using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>A handler may take its requests as bytes.</summary>
public sealed class EncodedMessageTests
{
    private static readonly EchoRequest Request = new()
    {
        Text = "käse",
        Payload = ByteString.CopyFrom(new byte[10_000]),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Single_request_comes_as_the_bytes_that_were_sent()
    {
        await using var server = await TestServer.StartAsync(new Encoded());

        var answer = await server.Channel.UnaryAsync(Echo.UnaryMethod, Request, cancellationToken: Token);

        Assert.Equal(Request.ToByteString(), answer.Payload);
        Assert.Equal("käse", answer.Text);
    }

    [Fact]
    public async Task Compressed_request_comes_plain()
    {
        await using var server = await TestServer.StartAsync(new Encoded());

        var answer = await server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            Request,
            new CallOptions { Compress = true },
            Token
        );

        Assert.Equal(Request.ToByteString(), answer.Payload);
    }

    [Fact]
    public async Task Requests_of_a_stream_come_one_after_the_other()
    {
        await using var server = await TestServer.StartAsync(new Encoded());
        await using var call = server.Channel.Duplex(Echo.ChatMethod, cancellationToken: Token);

        for (var i = 0; i < 3; i++)
        {
            await call.WriteAsync(new EchoRequest { Text = $"{i}" }, Token);
        }

        await call.CompleteAsync();
        var answers = await call.ReadAllAsync(Token).Select(answer => answer.Text).ToListAsync(Token);

        Assert.Equal(["0", "1", "2"], answers);
    }

    [Fact]
    public async Task Request_in_JSON_comes_in_binary_form()
    {
        await using var server = await TestServer.StartAsync(new Encoded(), http: HttpProtocols.Http1);

        var answer = await server.PostAsync(
            Echo.UnaryMethod.Path,
            Encoding.UTF8.GetBytes("""{"text":"käse","count":7}"""),
            "application/json"
        );

        Assert.Equal("käse", answer.Json.GetProperty("text").GetString());
        Assert.Equal(
            new EchoRequest { Text = "käse", Count = 7 }
                .ToByteString()
                .ToBase64(),
            answer.Json.GetProperty("payload").GetString()
        );
    }

    [Fact]
    public async Task What_cannot_be_parsed_is_the_callers_fault_in_the_words_of_its_protocol()
    {
        await using var server = await TestServer.StartAsync(new Encoded(), http: HttpProtocols.Http1);

        var answer = await server.PostAsync(Echo.UnaryMethod.Path, new byte[] { 0x0A, 0x7F }, "application/proto");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Http);
        Assert.Equal("invalid_argument", answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public void Test_of_a_handler_can_make_one() =>
        Assert.Equal(Request, new EncodedMessage<EchoRequest>(Request.ToByteArray()).Parse());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_may_be_given_as_its_bytes(bool compress)
    {
        await using var server = await TestServer.StartAsync(
            new EncodedAnswers(),
            server: options => options.CompressResponses = compress
        );

        Assert.Equal(
            EncodedAnswers.Response,
            await server.Channel.UnaryAsync(Echo.UnaryMethod, Request, cancellationToken: Token)
        );
    }

    [Fact]
    public async Task Response_given_as_bytes_is_held_to_the_limit()
    {
        await using var server = await TestServer.StartAsync(
            new EncodedAnswers(),
            server: options => options.MaxSendMessageSize = 1_000
        );

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            server.Channel.UnaryAsync(Echo.UnaryMethod, Request, cancellationToken: Token)
        );
        Assert.Equal(StatusCode.ResourceExhausted, error.Code);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/proto")]
    public async Task Response_given_as_bytes_goes_out_in_the_form_of_the_caller(string contentType)
    {
        await using var server = await TestServer.StartAsync(new EncodedAnswers(), http: HttpProtocols.Http1);
        var isJson = contentType.EndsWith("json", StringComparison.Ordinal);

        var answer = await server.PostAsync(Echo.UnaryMethod.Path, isJson ? "{}"u8.ToArray() : [], contentType);

        Assert.Equal(
            EncodedAnswers.Response,
            isJson
                ? JsonParser.Default.Parse<EchoResponse>(Encoding.UTF8.GetString(answer.Body))
                : EchoResponse.Parser.ParseFrom(answer.Body)
        );
    }

    [Theory]
    [InlineData("application/grpc-web+proto")]
    [InlineData("application/grpc-web-text+proto")]
    public async Task Response_given_as_bytes_goes_to_browsers(string contentType)
    {
        await using var server = await TestServer.StartAsync(new EncodedAnswers(), http: HttpProtocols.Http1);
        var isText = contentType.Contains("text", StringComparison.Ordinal);
        var request = Raw.Frame(new EchoRequest());

        var answer = await server.PostAsync(
            Echo.UnaryMethod.Path,
            isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(request)) : request,
            contentType
        );

        // Message and trailers are chunks of their own.
        byte[] body = isText
            ? [.. answer.Body.Chunk(4).SelectMany(four => Convert.FromBase64String(Encoding.ASCII.GetString(four)))]
            : answer.Body;
        Assert.Equal(EncodedAnswers.Response, EchoResponse.Parser.ParseFrom(Raw.Frames(body)[0].Payload));
    }

    private sealed class Encoded
    {
        private int _served;

        public Task<EchoResponse> UnaryAsync(EncodedMessage<EchoRequest> request, CallContext context) =>
            Task.FromResult(Answer(request));

        public async Task<EchoResponse> Collect(
            IAsyncEnumerable<EncodedMessage<EchoRequest>> requests,
            CallContext context
        ) => await requests.Select(Answer).LastAsync(context.CancellationToken);

        public async IAsyncEnumerable<EchoResponse> Repeat(EncodedMessage<EchoRequest> request, CallContext context)
        {
            await Task.Yield();
            yield return Answer(request);
        }

        public IAsyncEnumerable<EchoResponse> Chat(
            IAsyncEnumerable<EncodedMessage<EchoRequest>> requests,
            CallContext context
        ) => requests.Select(Answer);

        private EchoResponse Answer(EncodedMessage<EchoRequest> request) =>
            new()
            {
                Text = request.Parse().Text,
                Payload = ByteString.CopyFrom(request.Bytes),
                Count = Interlocked.Increment(ref _served),
            };
    }

    private sealed class EncodedAnswers
    {
        public static readonly EchoResponse Response = new()
        {
            Text = "käse",
            Payload = ByteString.CopyFrom(new byte[10_000]),
            Count = 7,
        };

        private readonly EchoResponse _response = Response;

        public async ValueTask<EncodedMessage<EchoResponse>> UnaryAsync(EchoRequest request, CallContext context)
        {
            await Task.Yield();
            return new EncodedMessage<EchoResponse>(_response.ToByteArray());
        }

        public Task<EchoResponse> Collect(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
            Task.FromResult(_response);

        public IAsyncEnumerable<EchoResponse> Repeat(EchoRequest request, CallContext context) =>
            AsyncEnumerable.Repeat(_response, 0);

        public IAsyncEnumerable<EchoResponse> Chat(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
            AsyncEnumerable.Repeat(_response, 0);
    }
}
