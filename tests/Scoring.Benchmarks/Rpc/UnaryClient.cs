using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Scoring.Benchmarks.Rpc;

/// <summary>An HTTP/2 client that does as little as one can: frames made beforehand, answers counted and not read.</summary>
internal sealed class UnaryClient(IDuplexPipe connection, byte[] message)
{
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte WindowUpdate = 8;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private byte[] _headers = FirstHeaders();
    private int _stream = 1;

    /// <summary>Greets the server.</summary>
    public async Task OpenAsync()
    {
        connection.Output.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        WriteFrame(Settings, 0, 0, []);
        WriteFrame(Settings, EndStream, 0, []); // as an acknowledgement of the server's
        await connection.Output.FlushAsync();
        await CallAsync(1);
    }

    /// <summary>Sends so many calls at once and waits for all answers.</summary>
    /// <exception cref="InvalidOperationException">The server reset a stream or closed the connection.</exception>
    public async Task CallAsync(int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            WriteFrame(Headers, EndHeaders, _stream, _headers);
            WriteFrame(Data, EndStream, _stream, message);
            _stream += 2;
            // From the second call on the server has the fields in its table: the index of each is all there is to send.
            _headers = [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE];
        }

        await connection.Output.FlushAsync();
        await ReceiveAsync(calls);
    }

    private async Task ReceiveAsync(int calls)
    {
        var received = 0;
        while (calls > 0)
        {
            var result = await connection.Input.ReadAsync();
            var buffer = result.Buffer;
            calls -= TakeFrames(ref buffer, ref received);
            connection.Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }
        }

        if (received > 0)
        {
            var increment = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(increment, received);
            WriteFrame(WindowUpdate, 0, 0, increment);
        }
    }

    /// <summary>Takes whole frames off a buffer.</summary>
    /// <returns>The streams that have ended.</returns>
    private static int TakeFrames(ref ReadOnlySequence<byte> buffer, ref int received)
    {
        var ended = 0;
        Span<byte> header = stackalloc byte[FrameHeader];
        while (buffer.Length >= FrameHeader)
        {
            buffer.Slice(0, FrameHeader).CopyTo(header);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            if (buffer.Length < FrameHeader + length)
            {
                break;
            }

            switch (header[3])
            {
                case Data or Headers:
                    received += header[3] == Data ? length : 0;
                    ended += header[4] & EndStream;
                    break;
                case Settings or WindowUpdate:
                    break;
                default:
                    throw new InvalidOperationException($"The server sent a frame of type {header[3]}.");
            }

            buffer = buffer.Slice(FrameHeader + length);
        }

        return ended;
    }

    private void WriteFrame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var span = connection.Output.GetSpan(FrameHeader + payload.Length);
        BinaryPrimitives.WriteInt32BigEndian(span, payload.Length << 8);
        span[3] = type;
        span[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(span[5..], stream);
        payload.CopyTo(span[FrameHeader..]);
        connection.Output.Advance(FrameHeader + payload.Length);
    }

    /// <summary>POST and http from HPACK's table, then four fields that the server is to remember (RFC 7541, section 6.2.1).</summary>
    private static byte[] FirstHeaders() =>
        [
            0x83,
            0x86,
            0x44,
            .. Text(EchoServer.Path),
            0x41,
            .. Text("localhost"),
            0x5F,
            .. Text("application/grpc"),
            0x40,
            .. Text("te"),
            .. Text("trailers"),
        ];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
