using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Scoring.Server.Tests.Running;

/// <summary>Connections that callers open, and leave open.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly List<TcpClient> _open = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _open.ForEach(connection => connection.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_one_address_only_so_many_connections_are_taken_and_others_still_come_in()
    {
        await using var server = await StartAsync("--MaxConnectionsPerAddress=3");
        using var others = From("127.0.0.2", server);

        var taken = await OpenAsync(server, 3, "127.0.0.1");
        Assert.All(taken, connection => Assert.True(IsOpen(connection)));

        await IsRefusedAsync(server, "127.0.0.1");
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await CheckAsync(others));
        Assert.Matches(@"\nscoring_connections_refused_total(\{[^}]*\})? 1\n", await MetricsAsync(server));
    }

    [Fact]
    public async Task When_one_is_closed_another_is_taken()
    {
        await using var server = await StartAsync("--MaxConnectionsPerAddress=1");
        var first = Assert.Single(await OpenAsync(server, 1, "127.0.0.1"));
        await IsRefusedAsync(server, "127.0.0.1");

        first.Dispose();

        using var client = From("127.0.0.1", server);
        var since = Stopwatch.GetTimestamp();
        HealthCheckResponse.Types.ServingStatus? answer = null;
        while (answer is null)
        {
            try
            {
                answer = await CheckAsync(client);
            }
            // The server takes a moment to see that the other one was closed.
            catch (RpcException e)
                when (e.StatusCode == StatusCode.Unavailable
                    && Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1)
                )
            {
                await Task.Yield();
            }
        }
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer);
    }

    [Fact]
    public async Task Probes_are_answered_and_tell_that_all_connections_for_calls_are_taken()
    {
        await using var server = await StartAsync("--MaxConnections=10");
        Assert.Equal("ready\n", await server.Http.GetStringAsync("/readyz", Token));

        await OpenAsync(server, 10, "127.0.0.1");

        await IsRefusedAsync(server, "127.0.0.3");
        Assert.Contains(
            "10 of 10 connections for calls are open",
            await server.Http.GetStringAsync("/readyz", Token),
            StringComparison.Ordinal
        );
        Assert.Equal("ok\n", await server.Http.GetStringAsync("/healthz", Token));
    }

    [Fact]
    public async Task A_connection_on_which_nothing_is_called_is_closed()
    {
        await using var server = await StartAsync("--IdleTimeout=1s");

        var idle = Assert.Single(await OpenAsync(server, 1, "127.0.0.1"));

        await idle.GetStream().EndsAsync();
    }

    private Task<ServerInstance> StartAsync(params string[] settings) => ServerInstance.StartAsync(_folder, settings);

    /// <summary>Opens connections and waits until the server has taken them: it speaks first where HTTP/2 is meant.</summary>
    private async Task<List<TcpClient>> OpenAsync(ServerInstance server, int count, string from)
    {
        var opened = new List<TcpClient>();
        for (var i = 0; i < count; i++)
        {
            var connection = await ConnectAsync(server, from);
            await connection
                .GetStream()
                .WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), Token);
            Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1], Token));
            opened.Add(connection);
        }
        return opened;
    }

    private async Task<TcpClient> ConnectAsync(ServerInstance server, string from)
    {
        var connection = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        _open.Add(connection);
        await connection.ConnectAsync(IPAddress.Loopback, new Uri(server.Grpc).Port, Token);
        return connection;
    }

    private static bool IsOpen(TcpClient connection) =>
        !(connection.Client.Poll(0, SelectMode.SelectRead) && connection.Available == 0);

    /// <summary>Opens a connection that the server closes at once, perhaps before it is known here to be open.</summary>
    private async Task IsRefusedAsync(ServerInstance server, string from)
    {
        try
        {
            await (await ConnectAsync(server, from)).GetStream().EndsAsync();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
    }

    internal static GrpcChannel From(string address, ServerInstance server) =>
        GrpcChannel.ForAddress(
            server.Grpc,
            new GrpcChannelOptions
            {
                DisposeHttpClient = true,
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectCallback = async (context, token) =>
                    {
                        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                        await socket.ConnectAsync(context.DnsEndPoint, token);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                },
            }
        );

    private static async Task<HealthCheckResponse.Types.ServingStatus> CheckAsync(GrpcChannel channel)
    {
        var answer = await new global::Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest(),
            new CallOptions(cancellationToken: Token)
        );
        return answer.Status;
    }

    private static Task<string> MetricsAsync(ServerInstance server) => server.Http.GetStringAsync("/metrics", Token);
}
