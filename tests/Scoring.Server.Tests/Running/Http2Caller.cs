using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Server.Tests.Running;

/// <summary>A caller that writes frames of HTTP/2 itself, so that it can do what no client does.</summary>
internal sealed class Http2Caller : IDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const int MostOfFrame = 16_384;

    private int _nextStream = 1;

    private Http2Caller(NetworkStream connection) => Connection = connection;

    /// <summary>What the server sends can be read of it.</summary>
    public NetworkStream Connection { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a connection.</summary>
    /// <param name="server">To whom.</param>
    /// <param name="reads">Whether answers may be sent: otherwise it has a window of no bytes.</param>
    /// <param name="from">From which address of loopback.</param>
    public static async Task<Http2Caller> ConnectAsync(
        ServerInstance server,
        bool reads = true,
        string from = "127.0.0.1"
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Grpc).Port, Token);
        var caller = new Http2Caller(new NetworkStream(socket, ownsSocket: true));
        await caller.Connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Token);
        await caller.SendAsync(Settings, 0, reads ? [] : [0, 4, 0, 0, 0, 0], stream: 0);
        return caller;
    }

    /// <summary>Begins a call.</summary>
    /// <returns>Its stream.</returns>
    public async Task<int> BeginAsync(string method, string? metadata = null)
    {
        var stream = _nextStream;
        _nextStream += 2;
        byte[] headers =
        [
            .. Header(":method", "POST"),
            .. Header(":scheme", "http"),
            .. Header(":path", $"/scoring.v1.ScoringService/{method}"),
            .. Header(":authority", "localhost"),
            .. Header("content-type", "application/grpc"),
            .. Header("te", "trailers"),
            .. metadata is null ? [] : Header("metadata", metadata),
        ];
        for (var from = 0; from < headers.Length; from += MostOfFrame)
        {
            var until = Math.Min(headers.Length, from + MostOfFrame);
            const byte continuation = 9;
            await SendAsync(
                from == 0 ? Headers : continuation,
                until == headers.Length ? EndHeaders : (byte)0,
                headers[from..until],
                stream
            );
        }
        return stream;
    }

    /// <summary>Sends a part of a message; the first one has its length before it.</summary>
    public Task SendAsync(int stream, byte[] part, bool isLast = false) =>
        SendAsync(Data, isLast ? EndStream : (byte)0, part, stream);

    /// <summary>Makes a whole call, without waiting for the answer.</summary>
    public async Task CallAsync(string method, byte[] message)
    {
        var prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        await SendAsync(await BeginAsync(method), [.. prefix, .. message], isLast: true);
    }

    public void Dispose() => Connection.Dispose();

    // A literal that is not remembered, without compression.
    private static byte[] Header(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        const int mostInPrefix = 127;
        var length = new List<byte> { (byte)Math.Min(text.Length, mostInPrefix) };
        if (text.Length >= mostInPrefix)
        {
            var rest = text.Length - mostInPrefix;
            for (; rest >= 128; rest >>= 7)
            {
                length.Add((byte)(rest & 127 | 128));
            }
            length.Add((byte)rest);
        }
        return [.. length, .. Encoding.ASCII.GetBytes(text)];
    }

    private async Task SendAsync(byte type, byte flags, byte[] payload, int stream)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await Connection.WriteAsync(frame, Token);
    }
}
