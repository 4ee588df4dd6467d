using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Ingest;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>Redis, by a script, pipelined over two connections.</summary>
/// <param name="redis">Runs.</param>
/// <param name="script">What it does.</param>
/// <param name="synchronised">When the append-only file is: <c>everysec</c> or <c>always</c>.</param>
internal sealed class RedisEvents(RedisServer redis, RedisScript script, string synchronised) : IEventStore
{
    private const int Connections = 2;

    public string Name =>
        $"Redis, one EVALSHA per {(script.PerEvent ? "event" : "1,000 events")}, pipelined, AOF {synchronised}";

    public IReadOnlyList<Process> Processes => [redis.Process];

    public async Task RecordAsync(BatchSource source)
    {
        await redis.CommandAsync("CONFIG", "SET", "appendfsync", synchronised);
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var socket = await redis.ConnectAsync();
                        using var pipeline = new RedisPipeline(socket, script, source);
                        await pipeline.RunAsync();
                    })
                )
        );
    }
}
