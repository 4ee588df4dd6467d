using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Rpc.FuzzTests.Requests;

/// <summary>Sends bytes over a connection of their own and reads one answer.</summary>
internal static class Http1Exchange
{
    /// <summary>A request that is not whole has no answer yet: after this time the connection is given up, which is an end too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>By then an answer that has begun is whole.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <summary>The answer; null if there is none, as the server waits for more or has closed the connection.</summary>
    public static async Task<Answer?> SendAsync(Uri server, byte[] request)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        using var hang = new CancellationTokenSource(MaxTime);
        try
        {
            await stream.WriteAsync(request, hang.Token);
            return await FirstByteAsync(stream, hang.Token) is { } first
                ? await ReadAsync(new Input(stream, first, hang.Token))
                : null;
        }
        catch (IOException reset) when (reset is not EndOfStreamException)
        {
            // Closed with unread bytes of the request, which resets the connection.
            return null;
        }
    }

    private static async Task<byte?> FirstByteAsync(NetworkStream stream, CancellationToken hang)
    {
        var first = new byte[1];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(hang);
        patience.CancelAfter(Patience);
        try
        {
            return await stream.ReadAsync(first, patience.Token) == 1 ? first[0] : null;
        }
        catch (OperationCanceledException) when (stream.Socket.Available > 0)
        {
            return await stream.ReadAsync(first, hang) == 1 ? first[0] : null;
        }
        catch (OperationCanceledException) when (!hang.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<Answer> ReadAsync(Input input)
    {
        var status = await input.LineAsync();
        Assert.Matches("^HTTP/1\\.1 [1-5][0-9][0-9]", status);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await input.LineAsync() is { Length: > 0 } line)
        {
            var parts = line.Split(':', 2);
            Assert.Equal(2, parts.Length);
            headers[parts[0]] = headers.TryGetValue(parts[0], out var before)
                ? $"{before}, {parts[1].Trim()}"
                : parts[1].Trim();
        }

        var body = new MemoryStream();
        if (headers.TryGetValue("content-length", out var length))
        {
            await input.CopyAsync(body, int.Parse(length, CultureInfo.InvariantCulture));
        }
        else if (headers.TryGetValue("transfer-encoding", out var encoding))
        {
            Assert.Equal("chunked", encoding);
            while (
                int.Parse(await input.LineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                    is > 0
                        and var chunk
            )
            {
                await input.CopyAsync(body, chunk);
                Assert.Equal("", await input.LineAsync());
            }
        }

        return new Answer(
            int.Parse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture),
            headers,
            body.ToArray()
        );
    }

    internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    /// <summary>Bytes one by one, the first of which is there already.</summary>
    private sealed class Input(Stream stream, byte first, CancellationToken patience)
    {
        private readonly byte[] _buffer = [first, .. new byte[4095]];
        private int _read;
        private int _there = 1;

        public async Task<string> LineAsync()
        {
            var line = new StringBuilder();
            while (true)
            {
                var c = (char)await ByteAsync();
                if (c == '\n')
                {
                    Assert.Equal('\r', line[^1]);
                    return line.ToString(0, line.Length - 1);
                }

                line.Append(c);
            }
        }

        public async Task CopyAsync(MemoryStream output, int length)
        {
            for (; length > 0; length--)
            {
                output.WriteByte(await ByteAsync());
            }
        }

        private async ValueTask<byte> ByteAsync()
        {
            if (_read == _there)
            {
                (_read, _there) = (0, await stream.ReadAsync(_buffer, patience));
            }

            return _there > 0 ? _buffer[_read++] : throw new EndOfStreamException("The answer is cut short.");
        }
    }
}
