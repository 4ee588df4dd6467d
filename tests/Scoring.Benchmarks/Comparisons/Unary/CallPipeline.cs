using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>A connection with so many unary calls in flight, by a client of HTTP/2 that does as little as one can: what h2load does, with a request of its own for every call.</summary>
internal sealed class CallPipeline(string address, string path, CallTemplate template, int customers)
{
    private const int InFlight = 32;
    private const int FrameHeader = 9;
    private const int BufferBytes = 64 * 1024;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte WindowUpdate = 8;
    private const byte Acknowledgement = 1;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    /// <summary>From the second call on the server has the fields in its table (RFC 7541, section 6.1).</summary>
    private static readonly byte[] KnownFields = [0x83, 0x86, 0xC1, 0xC0, 0xBF, 0xBE];

    private readonly byte[] _output = new byte[BufferBytes];
    private readonly Random _random = new(1);
    private int _filled;
    private int _stream = 1;
    private int _answered;
    private int _ended;

    /// <summary>Makes so many calls and sees every answer.</summary>
    /// <exception cref="InvalidOperationException">A call failed, or the server gave up.</exception>
    public async Task RunAsync(int calls)
    {
        var url = new Uri(address);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port);
        Open();
        var (input, received) = (new byte[BufferBytes], 0);
        for (var sent = 0; _ended < calls; )
        {
            for (; sent < calls && sent - _ended < InFlight; sent++)
            {
                Call();
            }

            await FlushAsync(socket);
            var read = await socket.ReceiveAsync(input.AsMemory(received));
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            received += read;
            var taken = TakeFrames(input.AsSpan(0, received));
            input.AsSpan(taken..received).CopyTo(input);
            received -= taken;
        }

        if (_answered != _ended)
        {
            throw new InvalidOperationException($"Of {_ended} calls {_ended - _answered} had no answer.");
        }
    }

    private void Open()
    {
        var greeting = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
        greeting.CopyTo(_output);
        _filled = greeting.Length;
        Write(Settings, 0, 0, []);
        Write(Settings, Acknowledgement, 0, []);
        // As much as there can be, so that none has to be given again.
        Span<byte> increment = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(increment, int.MaxValue - 65_535);
        Write(WindowUpdate, 0, 0, increment);
    }

    private void Call()
    {
        template.Fill(_random.Next(customers));
        Write(Headers, EndHeaders, _stream, _stream == 1 ? FirstFields() : KnownFields);
        Write(Data, EndStream, _stream, template.Framed);
        _stream += 2;
    }

    private async ValueTask FlushAsync(Socket socket)
    {
        for (var sent = 0; sent < _filled; )
        {
            sent += await socket.SendAsync(_output.AsMemory(sent.._filled));
        }

        _filled = 0;
    }

    /// <summary>Takes whole frames off the front.</summary>
    /// <returns>The bytes taken.</returns>
    private int TakeFrames(ReadOnlySpan<byte> input)
    {
        var taken = 0;
        while (input.Length - taken >= FrameHeader)
        {
            var header = input[taken..];
            var length = FrameHeader + ((header[0] << 16) | (header[1] << 8) | header[2]);
            if (header.Length < length)
            {
                break;
            }

            Take(header[3], header[4], header[FrameHeader..length]);
            taken += length;
        }

        return taken;
    }

    private void Take(byte type, byte flags, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Data when payload.Length > 0:
                if (template.Answer is { } answer && !payload.SequenceEqual(answer))
                {
                    throw new InvalidOperationException($"The server answered {Convert.ToHexString(payload)}.");
                }

                _answered++;
                break;
            case Settings or WindowUpdate:
                return;
            case not (Data or Headers):
                throw new InvalidOperationException($"The server sent a frame of type {type}.");
        }

        _ended += flags & EndStream;
    }

    private void Write(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = _output.AsSpan(_filled);
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame[5..], stream);
        payload.CopyTo(frame[FrameHeader..]);
        _filled += FrameHeader + payload.Length;
    }

    /// <summary>POST and http from HPACK's table, then four fields that the server is to remember (RFC 7541, section 6.2.1).</summary>
    private byte[] FirstFields() =>
        [
            0x83,
            0x86,
            0x44,
            .. Text(path),
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
