using System.Diagnostics;
using Grpc.Core;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Reads;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Cluster;

/// <summary>One server and three that share a store in PostgreSQL: rates, costs, segments, what a killed and what a restarted server is noticed by.</summary>
internal static class ClusterComparison
{
    private const int CallsInFlight = 16;
    private const int CallsPerSecond = 500;
    private static readonly TimeSpan BeforeAndAfter = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(ComparisonRun run)
    {
        var customers = run.Options.Customers;
        var postgres = await PostgresServer.StartAsync(run.Workplace);
        var servers = new ServersOfAStore(run.Workplace, postgres);
        await servers.AddAsync();
        await Phase.MeasureAsync(
            new StreamedEvents(servers.Running, run.Options.Streams),
            BatchSource.Everyone(customers, Traffic.Types.Length)
        );
        await RecordAsync(run, postgres, servers.Running, Goal.AtLeast(500_000));
        await ReadAsync(run, servers.Running, Goal.AtMost(5));
        await servers.AddAsync();
        await servers.AddAsync();
        await servers.Running.Select(server => server.Process).ToList().UntilIdleAsync();
        await RecordAsync(run, postgres, servers.Running, Goal.AtLeast(400_000));
        await ReadAsync(run, servers.Running, Goal.AtMost(15));
        await KillAsync(run, servers);
    }

    /// <summary>A rolling restart of three servers, by itself.</summary>
    public static async Task RunRestartAsync(ComparisonRun run)
    {
        var servers = new ServersOfAStore(run.Workplace, await PostgresServer.StartAsync(run.Workplace));
        for (var count = 0; count < 3; count++)
        {
            await servers.AddAsync();
        }
        await Phase.MeasureAsync(
            new StreamedEvents(servers.Running, servers.Running.Count),
            BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length)
        );
        await servers.Running.Select(server => server.Process).ToList().UntilIdleAsync();
        await RestartAllAsync(run, servers);
    }

    private static async Task RecordAsync(
        ComparisonRun run,
        PostgresServer postgres,
        IReadOnlyList<ScoringServer> servers,
        Goal goal
    )
    {
        var options = run.Options;
        var streams = Math.Max(options.Streams, servers.Count);
        IEventStore[] ways = [new StreamedEvents(servers, streams), new UnaryBatches(servers, CallsInFlight)];
        foreach (var way in ways)
        {
            var (rates, costs, stored) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round <= options.Pairs; round++)
            {
                await postgres.Process.UntilIdleAsync();
                var before = postgres.Process.ProcessorTime();
                var phase = await Phase.MeasureAsync(way, BatchSource.Random(options.Customers, options.Events));
                // The first round warms up.
                if (round > 0)
                {
                    rates.Add(phase.EventsPerSecond);
                    costs.Add(phase.StoreCost);
                    stored.Add((postgres.Process.ProcessorTime() - before).TotalMicroseconds / phase.Events);
                }
            }
            var subject = $"{Count(servers)}, {way.Name}, batches of 1,000, {options.Customers:N0} customers";
            run.Report.Add(subject, "events/s", goal, rates);
            run.Report.Add($"{subject}: processor time of the servers", "µs/event", null, costs);
            run.Report.Add($"{subject}: processor time of PostgreSQL", "µs/event", Goal.AtMost(1), stored);
        }
    }

    private static async Task ReadAsync(ComparisonRun run, IReadOnlyList<ScoringServer> servers, Goal goal)
    {
        using var client = new ScoringClient(servers[0].Address);
        var request = new GetSegmentStatsRequest
        {
            TopCount = 10,
            BottomCount = 10,
            IncludeEventTotals = true,
        };
        var rounds = new List<CallTimes>();
        for (var round = 0; round <= run.Options.Pairs; round++)
        {
            rounds.Add(
                await CallTimes.MeasureAsync(
                    run.Options.Calls,
                    async () => await client.Scoring.GetSegmentStatsAsync(request)
                )
            );
            ComparisonRun.Say($"segments of {Count(servers)}: {rounds[^1]}");
        }
        var subject = $"{Count(servers)}, GetSegmentStats, all statistics, everyone of {run.Options.Customers:N0}";
        run.Report.Add($"{subject}, median", "ms", goal, [.. rounds.Skip(1).Select(times => times.Median)]);
        run.Report.Add($"{subject}, p99", "ms", null, [.. rounds.Skip(1).Select(times => times.SlowestPercent)]);
    }

    /// <summary>SIGKILL of one of three under load: when all of its partitions answer again, and what became of the events.</summary>
    private static async Task KillAsync(ComparisonRun run, ServersOfAStore servers)
    {
        var times = new List<double>();
        for (var round = 0; round < run.Options.Pairs; round++)
        {
            var killed = servers.Running[^1];
            await UnderLoadAsync(
                run,
                servers,
                eventsPerCall: 100,
                async () =>
                {
                    await servers.KillAsync(killed);
                    var since = Stopwatch.GetTimestamp();
                    // All of the partitions answer, or none of this does.
                    await EventsAsync(servers.Running[0]);
                    times.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
                    ComparisonRun.Say($"all answer {times[^1]:N2} s after SIGKILL");
                }
            );
            await servers.StartAgainAsync(killed);
            await servers.Running.Select(server => server.Process).ToList().UntilIdleAsync();
        }
        run.Report.Add(
            $"SIGKILL of one of three under load, {run.Options.Customers:N0} customers: all of its partitions answer again",
            "s",
            Goal.AtMost(5),
            times
        );
    }

    /// <summary>A rolling restart under load of calls for one customer each, and of calls for customers of all partitions.</summary>
    private static async Task RestartAllAsync(ComparisonRun run, ServersOfAStore servers)
    {
        foreach (var events in new[] { 1, 100 })
        {
            var calls = await UnderLoadAsync(
                run,
                servers,
                events,
                async () =>
                {
                    foreach (var server in servers.Running)
                    {
                        await servers.RestartAsync(server);
                        ComparisonRun.Say("a server was restarted");
                    }
                }
            );
            var subject = $"{CallsPerSecond} calls/s of {events} events during a rolling restart of three";
            run.Report.Add($"{subject}, median", "ms", null, Figures.Median(calls.Took));
            run.Report.Add($"{subject}, p99", "ms", null, Figures.Quantile(calls.Took, 0.99));
            run.Report.Add($"{subject}, slowest", "ms", null, calls.Took.Max());
            run.Report.Add($"{subject}, attempts repeated of {calls.Took.Count:N0} calls", "", null, calls.Repeats);
        }
    }

    /// <summary>Does something while events arrive that are repeated until they are acknowledged, and sees that each counts once.</summary>
    private static async Task<RepeatedCalls> UnderLoadAsync(
        ComparisonRun run,
        ServersOfAStore servers,
        int eventsPerCall,
        Func<Task> disturbAsync
    )
    {
        var before = await EventsAsync(servers.Running[0]);
        var calls = new RepeatedCalls(servers, run.Options.Customers, eventsPerCall, CallsPerSecond);
        using var stop = new CancellationTokenSource();
        var load = calls.RunAsync(stop.Token);
        await Task.Delay(BeforeAndAfter);
        await disturbAsync();
        await Task.Delay(BeforeAndAfter);
        await stop.CancelAsync();
        await load;
        var counted = await EventsAsync(servers.Running[0]) - before;
        return counted == calls.Acknowledged
            ? calls
            : throw new InvalidOperationException(
                $"Of {calls.Acknowledged:N0} acknowledged events {counted:N0} count."
            );
    }

    private static async Task<double> EventsAsync(ScoringServer server)
    {
        using var client = new ScoringClient(new ScoringClientOptions { Address = server.Address, MaxAttempts = 1 });
        while (true)
        {
            try
            {
                var everyone = await client.Scoring.GetSegmentStatsAsync(
                    new GetSegmentStatsRequest { IncludeEventTotals = true }
                );
                return everyone.EventTotals.Sum(total => total.EventCount);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
            {
                ComparisonRun.Say($"not yet: {error.Status.Detail}");
            }
        }
    }

    private static string Count(IReadOnlyList<ScoringServer> servers) =>
        servers.Count == 1 ? "one server with PostgreSQL" : $"{servers.Count} servers with PostgreSQL";
}
