using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>A connection with so many unary calls in flight, by a client of HTTP/2 that does as little as one can: what h2load does, with a request of its own for every call.</summary>
internal sealed partial class CallPipeline(
    string address,
    string path,
    CallTemplate template,
    int customers,
    int inFlight = CallPipeline.InFlight,
    string key = ""
)
{
    public const int InFlight = 32;
    private const int MostStreams = 100;
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

    /// <summary>An authorization that the server is not to remember, as clients send it (RFC 7541, section 6.2.3); nothing without a key.</summary>
    private readonly byte[] _credentials = key.Length == 0 ? [] : [0x1F, 0x08, .. Text($"Bearer {key}")];

    private static int _seeds;

    private readonly byte[] _output = new byte[BufferBytes];
    private readonly byte[] _input = new byte[BufferBytes];

    // Other customers every time: whoever was called before is in memory.
    private readonly Random _random = new(Interlocked.Increment(ref _seeds));
    private int _filled;
    private int _received;
    private int _stream = 1;
    private int _answered;
    private int _ended;
    private long[] _sent = [];
    private double[] _took = [];

    /// <summary>Makes so many calls and sees every answer.</summary>
    /// <exception cref="InvalidOperationException">A call failed, or the server gave up.</exception>
    public async Task RunAsync(int calls)
    {
        using var socket = Connect();
        for (var sent = 0; _ended < calls; )
        {
            for (; sent < calls && sent - _ended < inFlight; sent++)
            {
                Call();
            }

            await FlushAsync(socket);
            Take(await socket.ReceiveAsync(_input.AsMemory(_received)));
        }

        ThrowIfUnanswered();
    }

    /// <summary>Makes so many calls at even distances, whether earlier ones are answered or not, as long as the server lets a connection have more.</summary>
    /// <returns>When each was to be sent, in ticks of <see cref="Stopwatch"/>, and how long it took from then to the end of its answer, in milliseconds.</returns>
    /// <exception cref="InvalidOperationException">A call failed, or the server gave up.</exception>
    public async Task<IReadOnlyList<(long Sent, double Took)>> RunPacedAsync(int calls, int perSecond)
    {
        (_sent, _took) = (new long[calls], new double[calls]);
        using var socket = Connect();
        // Threads of their own: in the pool they would wait for those that load the server.
        var answers = Task.Factory.StartNew(() => Receive(socket, calls), TaskCreationOptions.LongRunning);
        await Task.Factory.StartNew(() => Send(socket, calls, perSecond, answers), TaskCreationOptions.LongRunning);
        await answers;
        ThrowIfUnanswered();
        return [.. _sent.Zip(_took)];
    }

    private void Send(Socket socket, int calls, int perSecond, Task answers)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < calls; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                Wait(wait);
            }

            _sent[i] = Stopwatch.GetTimestamp();
            while (i - Volatile.Read(ref _ended) >= MostStreams && !answers.IsCompleted)
            {
                Wait(TimeSpan.FromMicroseconds(100));
            }

            Call();
            for (var sent = 0; sent < _filled; )
            {
                sent += socket.Send(_output.AsSpan(sent.._filled));
            }

            _filled = 0;
        }
    }

    private void Receive(Socket socket, int calls)
    {
        while (_ended < calls)
        {
            Take(socket.Receive(_input.AsSpan(_received)));
        }
    }

    /// <summary>Takes what was received behind what is left of before.</summary>
    private void Take(int read)
    {
        if (read == 0)
        {
            throw new InvalidOperationException("The server closed the connection.");
        }

        _received += read;
        var taken = TakeFrames(_input.AsSpan(0, _received));
        _input.AsSpan(taken.._received).CopyTo(_input);
        _received -= taken;
    }

    /// <summary>Waits; Thread.Sleep knows whole milliseconds only.</summary>
    private static void Wait(TimeSpan time) => _ = Sleep(new TimeSpec(0, (nint)time.TotalNanoseconds), 0);

    private void ThrowIfUnanswered()
    {
        if (_answered != _ended)
        {
            throw new InvalidOperationException($"Of {_ended} calls {_ended - _answered} had no answer.");
        }
    }

    private Socket Connect()
    {
        var url = new Uri(address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Parse(url.Host), url.Port);
        Open();
        return socket;
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
        Write(Headers, EndHeaders, _stream, [.. _stream == 1 ? FirstFields() : KnownFields, .. _credentials]);
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

            Take(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]), header[FrameHeader..length]);
            taken += length;
        }

        return taken;
    }

    private void Take(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
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

        if ((flags & EndStream) != 0)
        {
            _ended++;
            // Calls have the odd streams, one after the other.
            if (stream / 2 < _sent.Length)
            {
                _took[stream / 2] = Stopwatch.GetElapsedTime(_sent[stream / 2]).TotalMilliseconds;
            }
        }
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

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeSpec time, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
