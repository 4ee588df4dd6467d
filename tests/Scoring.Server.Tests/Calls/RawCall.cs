using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Scoring.Server.Tests.Calls;

/// <summary>Calls whose message is any bytes.</summary>
internal static class RawCall
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    /// <summary>Sends bytes as the one message of a call by gRPC.</summary>
    public static async Task<(StatusCode Status, string Message)> SendAsync(
        string address,
        string method,
        byte[] message,
        bool compressed = false
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Content(message, "application/grpc", compressed),
        };
        request.Headers.TE.Add(new("trailers"));
        if (compressed)
        {
            request.Headers.Add("grpc-encoding", "gzip");
        }
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, Token);
        await answer.Content.ReadAsByteArrayAsync(Token);
        return ((StatusCode)int.Parse(Value("grpc-status")), Uri.UnescapeDataString(Value("grpc-message")));

        string Value(string name) =>
            answer.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.Single()
            : answer.Headers.TryGetValues(name, out var headers) ? headers.Single()
            : "";
    }

    /// <summary>Bytes as the one message of a body.</summary>
    public static ByteArrayContent Content(byte[] message, string type, bool compressed = false)
    {
        byte[] prefix =
        [
            (byte)(compressed ? 1 : 0),
            (byte)(message.Length >> 24),
            (byte)(message.Length >> 16),
            (byte)(message.Length >> 8),
            (byte)message.Length,
        ];
        return new ByteArrayContent([.. prefix, .. message])
        {
            Headers = { ContentType = new MediaTypeHeaderValue(type) },
        };
    }
}
