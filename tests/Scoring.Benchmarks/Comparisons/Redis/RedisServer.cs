using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>A Redis of its own on a free port of the loopback, with an append-only file and nothing else that could cost it time.</summary>
internal sealed class RedisServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IPEndPoint _endpoint;

    private RedisServer(Process process, IPEndPoint endpoint) => (Process, _endpoint) = (process, endpoint);

    public Process Process { get; }

    public static async Task<RedisServer> StartAsync(Workplace workplace)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        var process = workplace.Start(
            new ProcessStartInfo(
                "redis-server",
                [
                    "--port",
                    endpoint.Port.ToString(CultureInfo.InvariantCulture),
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    workplace.NewDirectory(),
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "everysec",
                    // Neither snapshots nor rewrites of the file: both would slow it down now and then.
                    "--save",
                    "",
                    "--auto-aof-rewrite-percentage",
                    "0",
                    "--logfile",
                    "redis.log",
                ]
            )
        );
        var server = new RedisServer(process, endpoint);
        var since = Stopwatch.GetTimestamp();
        while (!await server.AnswersAsync())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new InvalidOperationException("Redis did not start.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return server;
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_endpoint);
        return socket;
    }

    /// <summary>Sends one command.</summary>
    /// <returns>Its answer as it came, at most 4 KiB of it.</returns>
    public async Task<string> CommandAsync(params string[] words)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(RespWriter.Command(words));
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer);
        var answer = Encoding.UTF8.GetString(buffer, 0, read);
        return answer.StartsWith('-') ? throw new InvalidOperationException($"Redis: {answer}") : answer;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await CommandAsync("PING") == "+PONG\r\n";
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            return false;
        }
    }
}
