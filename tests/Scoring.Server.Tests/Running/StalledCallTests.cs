using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Server.Tests.Running;

/// <summary>Callers that stop in the middle of a request, or do not read the answer.</summary>
public sealed class StalledCallTests : IDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const string StallTimeout = "--StallTimeout=2s";

    private readonly Folder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_request_in_JSON_that_stops_before_it_is_whole_is_ended()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        using var caller = await ConnectAsync(server.Http.BaseAddress!.Port);

        await caller.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/events:batchRecord HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"events\": ["
            ),
            Token
        );

        await caller.EndsAsync();
    }

    [Fact]
    public async Task A_request_by_gRPC_that_stops_before_it_is_whole_is_ended()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        using var caller = await CallAsync(server, "RecordEvents");

        // A message of 100,000 bytes, of which no more comes.
        await SendAsync(caller, Data, 0, [0, 0, 1, 0x86, 0xa0, 10]);

        await caller.EndsAsync();
    }

    [Fact]
    public async Task An_answer_that_is_not_read_is_ended()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        // A window of no bytes: nothing of an answer may be sent.
        using var caller = await CallAsync(server, "GetSegmentStats", 0, 4, 0, 0, 0, 0);

        await SendAsync(caller, Data, EndStream, [0, 0, 0, 0, 0]);

        await caller.EndsAsync();
    }

    [Fact]
    public async Task A_stream_may_rest_between_messages_for_longer()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        using var stream = new V1.ScoringService.ScoringServiceClient(server.Channel).StreamEvents(
            cancellationToken: Token
        );
        await RecordAsync("1");
        using var stalled = await CallAsync(server, "RecordEvents");
        await SendAsync(stalled, Data, 0, [0, 0, 1, 0x86, 0xa0, 10]);

        // By then the server has ended what rests for so long and may not.
        await stalled.EndsAsync();
        await RecordAsync("2");

        async Task RecordAsync(string id)
        {
            await stream.RequestStream.WriteAsync(
                new V1.RecordEventsRequest
                {
                    Events =
                    {
                        new V1.Event
                        {
                            CustomerId = "ada",
                            Type = "login",
                            EventId = id,
                        },
                    },
                },
                Token
            );
            Assert.True(await stream.ResponseStream.MoveNext(Token));
            Assert.Equal(1, stream.ResponseStream.Current.AcceptedCount);
        }
    }

    /// <summary>Begins a call of its own connection.</summary>
    /// <param name="server">The server.</param>
    /// <param name="method">The method.</param>
    /// <param name="settings">What to tell the server first, as HTTP/2 encodes it.</param>
    private static async Task<NetworkStream> CallAsync(ServerInstance server, string method, params byte[] settings)
    {
        var caller = await ConnectAsync(new Uri(server.Grpc).Port);
        await caller.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Token);
        await SendAsync(caller, Settings, 0, settings, stream: 0);
        byte[] headers =
        [
            .. Header(":method", "POST"),
            .. Header(":scheme", "http"),
            .. Header(":path", $"/scoring.v1.ScoringService/{method}"),
            .. Header(":authority", "localhost"),
            .. Header("content-type", "application/grpc"),
            .. Header("te", "trailers"),
        ];
        await SendAsync(caller, Headers, EndHeaders, headers);
        return caller;

        // A literal that is not remembered, without compression.
        static byte[] Header(string name, string value) =>
            [
                0,
                (byte)name.Length,
                .. Encoding.ASCII.GetBytes(name),
                (byte)value.Length,
                .. Encoding.ASCII.GetBytes(value),
            ];
    }

    private static async Task SendAsync(NetworkStream caller, byte type, byte flags, byte[] payload, int stream = 1)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await caller.WriteAsync(frame, Token);
    }

    private static async Task<NetworkStream> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
