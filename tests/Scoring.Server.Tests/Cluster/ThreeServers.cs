using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Scoring.Postgres.Tests.Support;
using Scoring.Server.Tests.Running;

namespace Scoring.Server.Tests.Cluster;

/// <summary>Three server processes that share a store in PostgreSQL, each of which can be killed, stopped and started again.</summary>
internal sealed class ThreeServers : IAsyncDisposable
{
    private const int Count = 3;
    private readonly Folder _folder = new();
    private readonly string _database;
    private readonly int[] _ports;
    private readonly ServerInstance?[] _servers = new ServerInstance?[Count];

    private ThreeServers(string database) => (_database, _ports) = (database, FreePorts());

    /// <summary>Those that are up.</summary>
    public IReadOnlyList<ServerInstance> Up
    {
        get
        {
            lock (_servers)
            {
                return [.. _servers.OfType<ServerInstance>()];
            }
        }
    }

    public static async Task<ThreeServers> StartAsync(PostgresServer postgres)
    {
        var servers = new ThreeServers(postgres.NewDatabase());
        await Task.WhenAll(Enumerable.Range(0, Count).Select(servers.StartAsync));
        return servers;
    }

    /// <summary>Kills one without a word, and starts it again.</summary>
    public async Task KillAsync(int index)
    {
        await using (Take(index))
        {
            // Disposing of it kills it.
        }
        await StartAsync(index);
    }

    /// <summary>Tells one to stop, and starts it again.</summary>
    public async Task RestartAsync(int index)
    {
        await using (var server = Take(index))
        {
            Assert.Equal(0, await server.StopAsync());
        }
        await StartAsync(index);
    }

    /// <summary>Calls one server after the other, as a client behind a load balancer does, as long as errors say that a retry may help.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, int first = 0)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>, new()
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        for (var attempt = 0; ; attempt++)
        {
            var up = Up;
            if (up.Count > 0)
            {
                try
                {
                    return await up[(first + attempt) % up.Count].CallAsync<TRequest, TResponse>(method, request);
                }
                catch (RpcException e)
                    when (e.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Cancelled
                        && attempt < 1_000
                    ) { }
                catch (ObjectDisposedException) { }
            }
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Up)
        {
            await server.DisposeAsync();
        }
        _folder.Dispose();
    }

    private ServerInstance Take(int index)
    {
        lock (_servers)
        {
            var server = _servers[index]!;
            _servers[index] = null;
            return server;
        }
    }

    private async Task StartAsync(int index)
    {
        var server = await ServerInstance.StartAsync(
            _folder,
            [
                $"--Postgres={_database}",
                $"--SiloPort={_ports[index]}",
                "--AdvertisedAddress=127.0.0.1",
                "--CheckpointInterval=5s",
            ]
        );
        lock (_servers)
        {
            _servers[index] = server;
        }
    }

    private static int[] FreePorts()
    {
        TcpListener[] probes = [.. Enumerable.Range(0, Count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(probes, probe => probe.Start());
        int[] ports = [.. probes.Select(probe => ((IPEndPoint)probe.LocalEndpoint).Port)];
        Array.ForEach(probes, probe => probe.Stop());
        return ports;
    }
}
