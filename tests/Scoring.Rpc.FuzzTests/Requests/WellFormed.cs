using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Scoring.Rpc.Protocols.Connect;

namespace Scoring.Rpc.FuzzTests.Requests;

/// <summary>Checks that an answer is one of its protocol, whatever it says.</summary>
internal static class WellFormed
{
    private const byte ConnectEnd = 2;
    private const byte WebTrailers = 0x80;

    private static readonly Dictionary<string, StatusCode> Codes = Enum.GetValues<StatusCode>()
        .Where(code => code != StatusCode.Ok)
        .ToDictionary(ConnectCode.NameOf, StringComparer.Ordinal);

    /// <param name="status">The status of HTTP.</param>
    /// <param name="header">Gives a header by its name, null if it is not there.</param>
    /// <param name="body">The body, with the framing of HTTP off.</param>
    /// <param name="trailer">Gives a trailer of HTTP.</param>
    public static void Check(int status, Func<string, string?> header, byte[] body, Func<string, string?> trailer)
    {
        var type = header("content-type") ?? "";
        switch (type)
        {
            case "application/grpc":
                CheckGrpc(status, header, body, trailer);
                break;
            case "application/grpc-web+proto":
                CheckWeb(status, header, body);
                break;
            case "application/grpc-web-text+proto":
                CheckWeb(status, header, FromBase64(body));
                break;
            case "application/connect+proto" or "application/connect+json":
                CheckStream(status, body);
                break;
            case "application/json" or "application/proto":
                CheckUnary(status, type, header, body);
                break;
            default:
                // Of no RPC protocol: refused by Kestrel, by routing or for its content type.
                Assert.True(status is >= 400 and < 500 or 505, $"HTTP {status} of type '{type}'");
                break;
        }
    }

    private static void CheckGrpc(int status, Func<string, string?> header, byte[] body, Func<string, string?> trailer)
    {
        Assert.Equal(200, status);
        var isTrailersOnly = header("grpc-status") is not null;
        CheckStatus(isTrailersOnly ? header : trailer);
        Assert.All(Envelopes(body), envelope => Assert.InRange(envelope.Flags, 0, 1));
        Assert.True(!isTrailersOnly || body.Length == 0);
    }

    private static void CheckWeb(int status, Func<string, string?> header, byte[] body)
    {
        Assert.Equal(200, status);
        if (header("grpc-status") is not null)
        {
            CheckStatus(header);
            Assert.Empty(body);
            return;
        }

        var envelopes = Envelopes(body);
        Assert.All(envelopes[..^1], envelope => Assert.InRange(envelope.Flags, 0, 1));
        Assert.Equal(WebTrailers, envelopes[^1].Flags);
        var lines = Encoding.ASCII.GetString(envelopes[^1].Payload).Split("\r\n");
        Assert.Equal("", lines[^1]);
        var trailers = lines[..^1]
            .Select(line => line.Split(": ", 2))
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        CheckStatus(trailers.GetValueOrDefault);
    }

    private static void CheckStatus(Func<string, string?> value)
    {
        Assert.InRange(int.Parse(value("grpc-status") ?? "", NumberStyles.None, CultureInfo.InvariantCulture), 0, 16);
        Assert.False((value("grpc-message") ?? "").AsSpan().ContainsAnyExceptInRange(' ', '~'));
    }

    private static void CheckStream(int status, byte[] body)
    {
        Assert.Equal(200, status);
        var envelopes = Envelopes(body);
        Assert.All(envelopes[..^1], envelope => Assert.InRange(envelope.Flags, 0, 1));
        Assert.Equal(ConnectEnd, envelopes[^1].Flags);
        using var end = JsonDocument.Parse(envelopes[^1].Payload);
        if (end.RootElement.TryGetProperty("error", out var error))
        {
            CodeOf(error);
        }
    }

    private static void CheckUnary(int status, string type, Func<string, string?> header, byte[] body)
    {
        if (status == 200)
        {
            if (type == "application/json")
            {
                using var message = JsonDocument.Parse(Plain(body, header("content-encoding")));
                Assert.Equal(JsonValueKind.Object, message.RootElement.ValueKind);
            }

            return;
        }

        Assert.Equal("application/json", type);
        using var error = JsonDocument.Parse(body);
        var code = CodeOf(error.RootElement);
        // The status of an unknown method is that of an unknown page.
        Assert.True(
            status == ConnectCode.HttpStatusOf(code) || (code == StatusCode.Unimplemented && status == 404),
            $"HTTP {status} of {code}"
        );
    }

    private static StatusCode CodeOf(JsonElement error)
    {
        var code = Codes[error.GetProperty("code").GetString()!];
        // Nothing that a caller sends is a defect of the server.
        Assert.DoesNotContain("Internal error", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        return code;
    }

    private static List<(byte Flags, byte[] Payload)> Envelopes(ReadOnlySpan<byte> body)
    {
        var envelopes = new List<(byte, byte[])>();
        while (!body.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(body[1..5]);
            envelopes.Add((body[0], body.Slice(5, length).ToArray()));
            body = body[(5 + length)..];
        }

        return envelopes;
    }

    /// <summary>Of pieces, each with its own padding.</summary>
    private static byte[] FromBase64(byte[] text) =>
        [.. text.Chunk(4).SelectMany(group => Convert.FromBase64String(Encoding.ASCII.GetString(group)))];

    private static byte[] Plain(byte[] body, string? encoding)
    {
        using Stream? stream = encoding switch
        {
            null => null,
            "gzip" => new GZipStream(new MemoryStream(body), CompressionMode.Decompress),
            "br" => new BrotliStream(new MemoryStream(body), CompressionMode.Decompress),
            "deflate" => new ZLibStream(new MemoryStream(body), CompressionMode.Decompress),
            _ => throw new InvalidDataException($"The encoding {encoding} is not known."),
        };
        if (stream is null)
        {
            return body;
        }

        var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
