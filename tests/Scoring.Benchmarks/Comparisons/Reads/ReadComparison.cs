using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Reads;

/// <summary>Segment statistics and account health, one call after the other; a start after a crash.</summary>
internal static class ReadComparison
{
    private const int Million = 1_000_000;

    private const string ThreeClauses = """plan = "paid" AND country = "us" AND persona = "member" """;

    public static async Task RunAsync(ComparisonRun run)
    {
        var customers = run.Options.Customers;
        var server = await ScoringServer.StartAsync(run.Workplace);
        var streamed = new StreamedEvents([server], run.Options.Streams);
        using (var client = new ScoringClient(server.Address))
        {
            await FillAsync(client, customers);
            await Phase.MeasureAsync(streamed, BatchSource.Everyone(customers, Traffic.Types.Length));
            await server.Process.UntilIdleAsync();
            await SegmentsAsync(run, client, customers);
            await AccountAsync(run, client, customers);
        }

        await RestartAfterCrash.RunAsync(run, server);
    }

    private static async Task SegmentsAsync(ComparisonRun run, ScoringClient client, int customers)
    {
        var everyone = new GetSegmentStatsRequest
        {
            TopCount = 10,
            BottomCount = 10,
            IncludeEventTotals = true,
        };
        var filtered = everyone.Clone();
        filtered.Filter = ThreeClauses;
        List<(double, double)> medians = [];
        List<double> slowest = [];
        for (var pair = 0; pair <= run.Options.Pairs; pair++)
        {
            var all = await CallTimes.MeasureAsync(
                run.Options.Calls,
                async () => Expect((await client.Scoring.GetSegmentStatsAsync(everyone)).CustomerCount == customers)
            );
            var some = await CallTimes.MeasureAsync(
                run.Options.Calls,
                async () => Expect((await client.Scoring.GetSegmentStatsAsync(filtered)).CustomerCount > customers / 10)
            );
            ComparisonRun.Say($"segments {pair} of {run.Options.Pairs}: everyone {all}, three clauses {some}");
            // The first round warms up.
            if (pair > 0)
            {
                medians.Add((some.Median, all.Median));
                slowest.Add(all.SlowestPercent);
            }
        }

        var subject = $"GetSegmentStats, all statistics, everyone of {customers:N0}";
        var goal = Goal.AtMost(customers <= Million ? 5 : 5.0 * customers / Million);
        run.Report.Add($"{subject}, median", "ms", goal, [.. medians.Select(pair => pair.Item2)]);
        run.Report.Add($"{subject}, p99", "ms", null, slowest);
        run.Report.Add(
            $"GetSegmentStats, all statistics, three clauses, {customers:N0} customers, median",
            "ms",
            "everyone",
            Goal.AtMost(1.5),
            medians
        );
    }

    private static async Task AccountAsync(ComparisonRun run, ScoringClient client, int customers)
    {
        var members = Math.Min(customers, Traffic.AccountSize);
        var request = new GetAccountHealthRequest { AccountId = Traffic.Account(0) };
        List<CallTimes> runs = [];
        for (var round = 0; round <= run.Options.Pairs; round++)
        {
            runs.Add(
                await CallTimes.MeasureAsync(
                    run.Options.Calls,
                    async () => Expect((await client.Scoring.GetAccountHealthAsync(request)).CustomerCount == members)
                )
            );
            ComparisonRun.Say($"account {round} of {run.Options.Pairs}: {runs[^1]}");
        }

        runs.RemoveAt(0);
        var subject = $"GetAccountHealth, {members:N0} members";
        run.Report.Add($"{subject}, median", "ms", Goal.AtMost(2), [.. runs.Select(times => times.Median)]);
        run.Report.Add($"{subject}, p99", "ms", null, [.. runs.Select(times => times.SlowestPercent)]);
    }

    /// <summary>Three attributes for every customer; a filter on all three leaves a third of them.</summary>
    private static async Task FillAsync(ScoringClient client, int customers)
    {
        const int Batch = 10_000;
        foreach (var chunk in Enumerable.Range(0, customers).Chunk(Batch))
        {
            var request = new UpsertCustomersRequest();
            request.Customers.AddRange(
                chunk.Select(i => new Customer
                {
                    CustomerId = Traffic.Customer(i),
                    AccountId = Traffic.Account(i),
                    Attributes =
                    {
                        ["plan"] = i % 3 == 0 ? "free" : "paid",
                        ["country"] = i % 4 == 0 ? "de" : "us",
                        ["persona"] = i % 6 == 1 ? "admin" : "member",
                    },
                })
            );
            Expect((await client.Scoring.UpsertCustomersAsync(request)).UpsertedCount == chunk.Length);
        }
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("The answer is not that of the customers that were recorded.");
        }
    }
}
