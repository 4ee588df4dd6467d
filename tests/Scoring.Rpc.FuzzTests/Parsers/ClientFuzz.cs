using System.Net;
using System.Text;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.FuzzTests.Parsers;

public sealed class ClientFuzz
{
    private static readonly RpcMethod<Question, Question> Ask = RpcMethod.Of<Question, Question>(
        AskReflection.Descriptor.Services[0],
        "Ask"
    );

    private static readonly string[] Names =
    [
        "grpc-status",
        "grpc-message",
        "grpc-status-details-bin",
        "grpc-encoding",
        "x-bin",
        "x",
    ];
    private static readonly string[] ContentTypes =
    [
        "application/grpc",
        "application/grpc+proto",
        "text/html",
        "application/grpc;;",
        "",
    ];
    private static readonly string[] Statuses = ["0", "13", "99", "-1", "99999999999", "", "0, 0"];

    [Fact]
    public void Whatever_a_server_answers_the_call_has_a_response_or_an_error() =>
        Fuzz.Run(
            "envelopes",
            MessageReading.MaxAllocated,
            (input, random) =>
            {
                using var server = new HostileServer(input, random);
                using var channel = new RpcChannel(
                    "http://localhost",
                    new RpcChannelOptions { Handler = server, MaxReceiveMessageSize = MessageReading.Limit.Bytes }
                );

                var call = channel.UnaryResponseAsync(Ask, new Question());

                Assert.True(call.IsCompleted);
                try
                {
                    Assert.NotNull(call.GetAwaiter().GetResult().Message);
                }
                catch (RpcException error)
                {
                    Assert.InRange((int)error.Code, 1, 16);
                    // Of which grpc-message may be all of what HttpClient takes as headers.
                    Assert.InRange(error.Message.Length, 0, Mutator.MaxLength);
                }
            }
        );

    /// <summary>Answers with an input, or parts of it, as body, headers and trailers.</summary>
    private sealed class HostileServer(byte[] input, Random random) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = new HttpResponseMessage(
                random.Next(8) == 0 ? (HttpStatusCode)random.Next(100, 600) : HttpStatusCode.OK
            )
            {
                RequestMessage = request,
                Content = new ByteArrayContent(MessageReading.Envelope(input, random)),
            };
            response.Content.Headers.TryAddWithoutValidation(
                "content-type",
                random.Next(6) == 0 ? Pick(ContentTypes) : ContentTypes[0]
            );
            if (random.Next(2) == 0)
            {
                response.Headers.TryAddWithoutValidation("grpc-encoding", "gzip");
            }

            if (random.Next(4) == 0)
            {
                response.Headers.TryAddWithoutValidation(Pick(Names), Text());
            }

            if (random.Next(8) != 0)
            {
                response.TrailingHeaders.TryAddWithoutValidation("grpc-status", Pick(Statuses));
            }

            if (random.Next(4) == 0)
            {
                response.TrailingHeaders.TryAddWithoutValidation(Pick(Names), Text());
            }

            return Task.FromResult(response);
        }

        private string Text()
        {
            var from = random.Next(input.Length + 1);
            var part = input.AsSpan(from, random.Next(input.Length - from + 1));
            return random.Next(2) == 0 ? Encoding.Latin1.GetString(part) : Convert.ToBase64String(part);
        }

        private string Pick(string[] texts) => texts[random.Next(texts.Length)];
    }
}
