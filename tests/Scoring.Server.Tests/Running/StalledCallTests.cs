using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scoring.Server.Tests.Running;

/// <summary>Callers that stop in the middle of a request, or do not read the answer.</summary>
public sealed class StalledCallTests : IDisposable
{
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
        using var caller = await Http2Caller.ConnectAsync(server);

        // A message of 100,000 bytes, of which no more comes.
        await caller.SendAsync(await caller.BeginAsync("RecordEvents"), [0, 0, 1, 0x86, 0xa0, 10]);

        await caller.Connection.EndsAsync();
    }

    [Fact]
    public async Task An_answer_that_is_not_read_is_ended()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        using var caller = await Http2Caller.ConnectAsync(server, reads: false);

        await caller.CallAsync("GetSegmentStats", []);

        await caller.Connection.EndsAsync();
    }

    [Fact]
    public async Task A_stream_may_rest_between_messages_for_longer()
    {
        await using var server = await ServerInstance.StartAsync(_folder, [StallTimeout]);
        using var stream = new V1.ScoringService.ScoringServiceClient(server.Channel).StreamEvents(
            cancellationToken: Token
        );
        await RecordAsync("1");
        using var stalled = await Http2Caller.ConnectAsync(server);
        await stalled.SendAsync(await stalled.BeginAsync("RecordEvents"), [0, 0, 1, 0x86, 0xa0, 10]);

        // By then the server has ended what rests for so long and may not.
        await stalled.Connection.EndsAsync();
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

    private static async Task<NetworkStream> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
