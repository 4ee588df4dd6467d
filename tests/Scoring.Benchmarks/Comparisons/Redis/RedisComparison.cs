using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>The server against Redis.</summary>
internal static class RedisComparison
{
    public static async Task RunAsync(ComparisonRun run)
    {
        var server = await ScoringServer.StartAsync(run.Workplace);
        var redis = await RedisServer.StartAsync(run.Workplace);
        var single = await RedisScript.LoadAsync(redis, perEvent: true);
        var batched = await RedisScript.LoadAsync(redis, perEvent: false);
        await StoreComparison.RunAsync(
            run,
            new StreamedEvents([server], run.Options.Streams),
            new RedisEvents(redis, batched, "everysec"),
            [
                (new RedisEvents(redis, single, "everysec"), Goal.AtLeast(15)),
                (new RedisEvents(redis, batched, "everysec"), null),
                (new RedisEvents(redis, single, "always"), null),
                (new RedisEvents(redis, batched, "always"), null),
            ]
        );
    }
}
