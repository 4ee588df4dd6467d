using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Client;

public sealed class CallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_unary_call_gives_the_handlers_response()
    {
        await using var server = await TestServer.StartAsync();

        var response = await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Text = "Grüße", Count = 7 });

        Assert.Equal(new EchoResponse { Text = "Grüße", Count = 7 }, response);
    }

    [Fact]
    public async Task A_client_stream_arrives_in_order_and_is_answered_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var call = server.Channel.ClientStreaming(Echo.CollectMethod);

        foreach (var text in (string[])["a", "b", "c"])
        {
            await call.WriteAsync(new EchoRequest { Text = text }, Token);
        }

        Assert.Equal("a,b,c", (await call.CompleteAsync(Token)).Text);
    }

    [Fact]
    public async Task A_server_stream_arrives_in_order()
    {
        await using var server = await TestServer.StartAsync();
        await using var call = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest { Count = 1000 });

        var counts = await call.ReadAllAsync(Token).Select(response => response.Count).ToListAsync(Token);

        Assert.Equal(Enumerable.Range(0, 1000), counts);
    }

    [Fact]
    public async Task A_duplex_call_answers_while_requests_are_still_to_come()
    {
        await using var server = await TestServer.StartAsync();
        await using var call = server.Channel.Duplex(Echo.ChatMethod);
        await using var responses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token);

        for (var i = 0; i < 100; i++)
        {
            await call.WriteAsync(new EchoRequest { Count = i }, Token);
            Assert.True(await responses.MoveNextAsync());
            Assert.Equal(i, responses.Current.Count);
        }

        await call.CompleteAsync();
        Assert.False(await responses.MoveNextAsync());
    }

    [Fact]
    public async Task Empty_streams_are_streams()
    {
        await using var server = await TestServer.StartAsync();
        await using var collect = server.Channel.ClientStreaming(Echo.CollectMethod);
        await using var repeat = server.Channel.ServerStreaming(Echo.RepeatMethod, new EchoRequest());
        await using var chat = server.Channel.Duplex(Echo.ChatMethod);

        Assert.Equal(0, (await collect.CompleteAsync(Token)).Count);
        Assert.Empty(await repeat.ReadAllAsync(Token).ToListAsync(Token));
        await chat.CompleteAsync();
        Assert.Empty(await chat.ReadAllAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_client_stream_that_is_answered_early_gives_its_answer()
    {
        var handler = new Echo { OnCollect = (_, _) => Task.FromResult(new EchoResponse { Text = "enough" }) };
        await using var server = await TestServer.StartAsync(handler);
        await using var call = server.Channel.ClientStreaming(Echo.CollectMethod);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await call.WriteAsync(new EchoRequest { Text = new string('x', 10_000) }, Token);
            }
        });

        Assert.Equal(StatusCode.Cancelled, error.Code);
        Assert.Equal("enough", (await call.CompleteAsync(Token)).Text);
    }

    [Fact]
    public async Task Calls_work_over_tls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        using var trusting = new SocketsHttpHandler();
        trusting.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => certificate.Equals(presented);
        await using var server = await TestServer.StartAsync(
            listen: endpoint => endpoint.UseHttps(certificate),
            client: new RpcChannelOptions { Handler = trusting }
        );

        Assert.Equal("https", server.Address.Scheme);
        Assert.Equal(
            "secret",
            (await server.Channel.UnaryAsync(Echo.UnaryMethod, new EchoRequest { Text = "secret" })).Text
        );
    }
}
