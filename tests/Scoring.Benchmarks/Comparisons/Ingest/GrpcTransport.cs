namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Calls of gRPC with bodies that exist already, over a connection of their own.</summary>
internal sealed class GrpcTransport(string address) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(
        new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = System.Net.DecompressionMethods.None }
    );

    /// <summary>Sends a call; the answer is complete when its headers are there.</summary>
    /// <param name="method">The name in the service, such as <c>StreamEvents</c>.</param>
    /// <param name="content">The framed message or messages.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public Task<HttpResponseMessage> CallAsync(
        string method,
        HttpContent content,
        CancellationToken cancellationToken = default
    )
    {
        content.Headers.ContentType = new("application/grpc");
        return _http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"{address}/scoring.v1.ScoringService/{method}")
            {
                Version = System.Net.HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Headers = { { "te", "trailers" } },
                Content = content,
            },
            cancellationToken
        );
    }

    /// <summary>Has to be called when the body of the answer has been read.</summary>
    /// <exception cref="InvalidOperationException">The call did not end well.</exception>
    public static void ThrowUnlessOk(HttpResponseMessage answer)
    {
        var status = Value(answer, "grpc-status");
        if (status != "0")
        {
            throw new InvalidOperationException($"The call ended with {status}: {Value(answer, "grpc-message")}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? Value(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out var values) || answer.Headers.TryGetValues(name, out values)
            ? values.First()
            : null;
}
