using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;

namespace Scoring.Rpc.Tests;

/// <summary>Speaks to a server byte by byte, to say what no proper client would.</summary>
internal static class Raw
{
    public const string UnaryPath = "/scoring.rpc.test.EchoService/Unary";
    public const string ChatPath = "/scoring.rpc.test.EchoService/Chat";
    public const string CollectPath = "/scoring.rpc.test.EchoService/Collect";
    public const string RepeatPath = "/scoring.rpc.test.EchoService/Repeat";

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flags = 0, uint? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Takes a body apart into its envelopes; fails if it is not made of whole ones.</summary>
    public static List<(byte Flags, byte[] Payload)> Frames(ReadOnlySpan<byte> body)
    {
        var frames = new List<(byte, byte[])>();
        while (!body.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(body[1..5]);
            frames.Add((body[0], body.Slice(5, length).ToArray()));
            body = body[(5 + length)..];
        }

        return frames;
    }

    public static byte[] Gunzip(byte[] compressed) => Unpack("gzip", compressed);

    public static byte[] Gzip(byte[] plain) => Pack("gzip", plain);

    /// <summary>Compresses by the name that headers have for it.</summary>
    public static byte[] Pack(string encoding, byte[] plain)
    {
        var output = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(output, CompressionLevel.SmallestSize, leaveOpen: true),
                "deflate" => new ZLibStream(output, CompressionLevel.SmallestSize, leaveOpen: true),
                "br" => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true),
                _ => throw new ArgumentException(encoding, nameof(encoding)),
            }
        )
        {
            stream.Write(plain);
        }

        return output.ToArray();
    }

    public static byte[] Unpack(string encoding, byte[] compressed)
    {
        var input = new MemoryStream(compressed);
        using Stream stream = encoding switch
        {
            "gzip" => new GZipStream(input, CompressionMode.Decompress),
            "deflate" => new ZLibStream(input, CompressionMode.Decompress),
            "br" => new BrotliStream(input, CompressionMode.Decompress),
            _ => throw new ArgumentException(encoding, nameof(encoding)),
        };
        var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }

    public static async Task<Answer> PostAsync(
        this TestServer server,
        string path,
        byte[] body,
        string contentType = "application/grpc",
        params (string Name, string Value)[] headers
    )
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("content-type", contentType);
        return await server.SendAsync(HttpMethod.Post, path, content, headers);
    }

    public static async Task<Answer> SendAsync(
        this TestServer server,
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, new Uri(server.Address, path))
        {
            Content = content,
            Version = server.HttpVersion,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in headers)
        {
            // Some headers belong to the content, if there is one.
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer(
            response.StatusCode,
            response.Headers,
            response.Content.Headers,
            response.TrailingHeaders,
            body
        );
    }

    internal sealed record Answer(
        HttpStatusCode Http,
        HttpResponseHeaders Headers,
        HttpContentHeaders ContentHeaders,
        HttpResponseHeaders Trailers,
        byte[] Body
    )
    {
        public bool IsTrailersOnly => Headers.Contains("grpc-status");

        public StatusCode Status => (StatusCode)int.Parse(Value("grpc-status"));

        public string Message => Uri.UnescapeDataString(Value("grpc-message"));

        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>The value of a header; null if it is not there, several joined by commas.</summary>
        public string? Header(string name) =>
            Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values)
                ? string.Join(',', values)
                : null;

        public string Value(string name) =>
            (IsTrailersOnly ? Headers : Trailers).TryGetValues(name, out var values) ? values.Single() : "";
    }
}
