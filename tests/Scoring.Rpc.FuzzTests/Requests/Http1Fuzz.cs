using System.Diagnostics;
using System.Text;

namespace Scoring.Rpc.FuzzTests.Requests;

public sealed class Http1Fuzz
{
    private const string Corpus = "http1";
    private const double Share = 0.1;
    private const int AtOnce = 32;

    private static readonly byte[] Normal = Encoding.ASCII.GetBytes(
        "POST /scoring.rpc.test.EchoService/Unary HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
            + """{"text":"hi"}"""
    );

    [Fact]
    public async Task Every_answer_over_http_1_is_well_formed_and_the_server_goes_on()
    {
        await using var server = await FuzzedServer.StartAsync();
        var (number, answered) = (0, 0);
        var began = Stopwatch.GetTimestamp();
        var inputs = Fuzz.Of(
            Corpus,
            Share,
            "\r\n",
            "\r\n\r\n",
            ":",
            ": ",
            "\0",
            "\x7f",
            "\u00fc",
            "chunked",
            "0\r\n\r\n",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Content-Type: application/grpc-web\r\n",
            "Content-Encoding: br\r\n",
            "Connect-Timeout-Ms: 0\r\n",
            "grpc-timeout: 1n\r\n",
            "connect-content-encoding: gzip\r\n",
            "grpc-encoding: deflate\r\n",
            "Expect: 100-continue\r\n",
            "Connection: close\r\n",
            "x-bin: AQ\r\n",
            "application/json",
            "application/connect+json",
            "application/grpc-web-text",
            "Collect",
            "Repeat",
            "Unary",
            "GET",
            "POST",
            "OPTIONS"
        );

        await Parallel.ForEachAsync(
            inputs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (input, _) =>
            {
                try
                {
                    var answer = await Http1Exchange.SendAsync(server.Http1, input);
                    if (answer is not null && answer.Status != 100)
                    {
                        WellFormed.Check(answer.Status, answer.Headers.GetValueOrDefault, answer.Body, _ => null);
                        Interlocked.Increment(ref answered);
                    }

                    Assert.True(server.Logged.IsEmpty, string.Join(Environment.NewLine, server.Logged));
                    if (Interlocked.Increment(ref number) % 100 == 0)
                    {
                        await AssertNormalAsync(server);
                    }
                }
                catch (Exception defect)
                {
                    Assert.Fail(Fuzz.Tell(Corpus, input, $"fails: {defect}"));
                }
            }
        );

        await AssertNormalAsync(server);
        Assert.True(answered > number / 4, $"{answered} of {number} were answered.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Corpus}: {number} requests, {answered} answered, in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, seed {Fuzz.Seed}"
        );
    }

    private static async Task AssertNormalAsync(FuzzedServer server)
    {
        // Under load the first try may run out of patience.
        Http1Exchange.Answer? answer = null;
        for (var tries = 0; tries < 20 && answer is null; tries++)
        {
            answer = await Http1Exchange.SendAsync(server.Http1, Normal);
        }

        Assert.Equal(200, answer?.Status);
    }
}
