using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Scoring.Rpc.FuzzTests.Requests;

public sealed class Http2Fuzz
{
    private const string Corpus = "http2";
    private const double Share = 0.3;
    private const int AtOnce = 16;

    [Fact]
    public async Task Every_answer_over_http_2_is_well_formed_and_the_server_goes_on()
    {
        await using var server = await FuzzedServer.StartAsync();
        using var shared = NewClient(server);
        var (number, answered, refused) = (0, 0, 0);
        var began = Stopwatch.GetTimestamp();
        var inputs = Fuzz.Of(
            Corpus,
            Share,
            "\n",
            "\n\n",
            ":",
            "\u00fc",
            "application/grpc",
            "application/grpc-web-text",
            "application/connect+json",
            "application/json",
            "grpc-timeout: 1n\n",
            "connect-timeout-ms: 0\n",
            "grpc-encoding: br\n",
            "grpc-accept-encoding: gzip\n",
            "connect-content-encoding: gzip\n",
            "content-encoding: gzip\n",
            "x-bin: AQ\n",
            "accept: application/grpc-web-text\n",
            "Collect",
            "Repeat",
            "Unary",
            "Chat",
            "%00"
        );

        await Parallel.ForEachAsync(
            inputs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (input, token) =>
            {
                Interlocked.Increment(ref number);
                try
                {
                    switch (await TryAsync(server, shared, input, token))
                    {
                        case true:
                            Interlocked.Increment(ref answered);
                            break;
                        case false:
                            Interlocked.Increment(ref refused);
                            break;
                    }

                    Assert.True(server.Logged.IsEmpty, string.Join(Environment.NewLine, server.Logged));
                }
                catch (Exception defect)
                {
                    Assert.Fail(Fuzz.Tell(Corpus, input, $"fails: {defect}"));
                }
            }
        );

        Assert.True(
            await TryAsync(
                server,
                shared,
                FuzzTests
                    .Corpus.Of(Corpus)
                    .Single(seed => seed.Name.EndsWith("grpc-unary.bin", StringComparison.Ordinal))
                    .Bytes,
                CancellationToken.None
            )
        );
        Assert.True(answered > number / 2, $"{answered} of {number} were answered.");
        Assert.True(refused < number / 20, $"{refused} of {number} were refused.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Corpus}: {number} inputs, {answered} answered, {refused} refused by Kestrel, "
                + $"in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, seed {Fuzz.Seed}"
        );
    }

    private static HttpClient NewClient(FuzzedServer server) =>
        new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = server.Http2,
        };

    /// <summary>
    /// Sends a request next to others, and if that fails by itself: what Kestrel holds against one stream, such as a header that HTTP/2 forbids or
    /// too many bodies that nobody read, ends all streams of the connection.
    /// </summary>
    /// <returns>Whether there was an answer; null if HttpClient would not send the input.</returns>
    private static async Task<bool?> TryAsync(
        FuzzedServer server,
        HttpClient shared,
        byte[] input,
        CancellationToken token
    )
    {
        if (RequestOf(input) is not { } request)
        {
            return null;
        }

        try
        {
            await CheckAsync(shared, request, token);
            return true;
        }
        catch (HttpRequestException)
        {
            using var alone = NewClient(server);
            try
            {
                await CheckAsync(alone, RequestOf(input)!, token);
                return true;
            }
            catch (HttpRequestException)
            {
                // A defect of the RPC layer would be in the log.
                return false;
            }
        }
    }

    /// <summary>A line with the path, lines with headers, an empty line, the body; null if HttpClient would not send it.</summary>
    private static HttpRequestMessage? RequestOf(byte[] input)
    {
        var end = input.AsSpan().IndexOf("\n\n"u8);
        var head = Encoding.Latin1.GetString(end < 0 ? input : input.AsSpan(0, end)).Split('\n');
        if (
            // Kestrel resets what is over its limits, and paths that are no text.
            head[0].AsSpan().ContainsAnyExceptInRange('!', '~')
            || head[0].Length > 4096
            || head.Length > 80
            || head.Sum(line => line.Length) > 16 * 1024
            || !head[0].StartsWith('/')
            // Would be the name of another host.
            || head[0].AsSpan(0, Math.Min(2, head[0].Length)) is "//" or "/\\"
            || !Uri.TryCreate(head[0], UriKind.Relative, out var path)
        )
        {
            return null;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(end < 0 ? [] : input[(end + 2)..]),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var line in head[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                continue;
            }

            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name.StartsWith("content-", StringComparison.OrdinalIgnoreCase))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else if (!name.Equals("host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Content.Headers.ContentLength = null;
        return request;
    }

    private static async Task CheckAsync(HttpClient http, HttpRequestMessage request, CancellationToken token)
    {
        using (request)
        using (var response = await http.SendAsync(request, token))
        {
            var body = await response.Content.ReadAsByteArrayAsync(token);
            WellFormed.Check(
                (int)response.StatusCode,
                name => Find(response.Headers, name) ?? Find(response.Content.Headers, name),
                body,
                name => Find(response.TrailingHeaders, name)
            );
        }
    }

    private static string? Find(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
