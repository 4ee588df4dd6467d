using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Unary;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What it costs to know who calls: a server that wants API keys beside one that takes calls of anybody.</summary>
internal static class KeyComparison
{
    private const string Anybody = "without a key";

    public static async Task RunAsync(ComparisonRun run)
    {
        var known = await Side.StartAsync(run, withKey: true);
        var anybody = await Side.StartAsync(run, withKey: false);
        var pairs = new Pairs<Side>(run, known, anybody, Anybody);
        var goal = Goal.AtLeast(0.95);
        await pairs.MeasureAsync(
            "RecordEvent with an API key",
            "request",
            goal,
            side => side.CallAsync("RecordEvent", CallTemplate.RecordEvent)
        );
        await pairs.MeasureAsync(
            "GetScore with an API key",
            "request",
            goal,
            side => side.CallAsync("GetScore", CallTemplate.GetScore)
        );
    }

    private sealed class Side(ComparisonRun run, ScoringServer server, string key)
    {
        public static async Task<Side> StartAsync(ComparisonRun run, bool withKey)
        {
            var server = await ScoringServer.StartAsync(run.Workplace);
            await Phase.MeasureAsync(
                new StreamedEvents([server], run.Options.Streams),
                BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length)
            );
            await server.StopAsync();
            if (!withKey)
            {
                await server.StartAgainAsync();
                return new Side(run, server, key: "");
            }
            var adminKey = Path.Combine(run.Workplace.NewDirectory(), "admin-key");
            await server.StartAgainAsync("--Authentication=ApiKeys", $"--AdminKeyFile={adminKey}");
            using var client = new ScoringClient(
                new ScoringClientOptions
                {
                    Address = server.Address,
                    ApiKey = (await File.ReadAllTextAsync(adminKey)).Trim(),
                }
            );
            var created = await client.Admin.CreateApiKeyAsync(
                new()
                {
                    Owner = "load",
                    Grants =
                    {
                        new Grant { Role = Role.Ingest, Workspace = "default" },
                        new Grant { Role = Role.Read, Workspace = "default" },
                    },
                }
            );
            return new Side(run, server, created.Secret);
        }

        public Task<Figure> CallAsync(string method, Func<CallTemplate> template) =>
            UnaryLoad.MeasureAsync(run, server, method, template, key);
    }
}
