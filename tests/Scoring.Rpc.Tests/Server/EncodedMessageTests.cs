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
}
