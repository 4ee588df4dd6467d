using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>The server of this build against that of another one, both on the same customers, in one run.</summary>
internal static class BuildComparison
{
    private const string Other = "the other build";
    private const int CallsInFlight = 8;

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        if (options.OtherServer.Length == 0)
        {
            throw new InvalidOperationException("--other names the Scoring.Server of the other build.");
        }
        var built = await Side.StartAsync(run, executable: null);
        var other = await Side.StartAsync(run, options.OtherServer);
        List<(string Subject, string What, Func<Side, Task<Figure>> Measure)> all =
        [
            ("StreamEvents, batches of 1,000", "event", side => side.RecordAsync(side.Streamed)),
            ("RecordEvents, batches of 1,000", "event", side => side.RecordAsync(side.Unary)),
            (
                "RecordEvent, customers at random, 64 in flight",
                "request",
                side => side.CallAsync("RecordEvent", CallTemplate.RecordEvent)
            ),
            (
                "GetScore, customers at random, 64 in flight",
                "request",
                side => side.CallAsync("GetScore", CallTemplate.GetScore)
            ),
        ];
        foreach (var (subject, what, measure) in all)
        {
            var pairs = new List<(Figure Built, Figure Other)>();
            // The first round warms up; which one goes first changes, since the second has the quieter machine.
            for (var pair = 0; pair <= options.Pairs; pair++)
            {
                var sides = pair % 2 == 0 ? new[] { built, other } : [other, built];
                var figures = new Dictionary<Side, Figure>();
                foreach (var side in sides)
                {
                    figures[side] = await measure(side);
                }
                if (pair > 0)
                {
                    pairs.Add((figures[built], figures[other]));
                    ComparisonRun.Say(
                        $"{subject} {pair} of {options.Pairs}: {figures[built]} beside {figures[other]} a {what}"
                    );
                }
            }
            run.Report.Add(
                subject,
                $"{what}s/s",
                Other,
                null,
                [.. pairs.Select(pair => (pair.Built.PerSecond, pair.Other.PerSecond))]
            );
            run.Report.Add(
                $"{subject}, processor time of the server",
                $"µs/{what}",
                Other,
                null,
                [.. pairs.Select(pair => (pair.Built.Cost, pair.Other.Cost))]
            );
        }
    }

    /// <summary>What a server did.</summary>
    /// <param name="PerSecond">Events or requests.</param>
    /// <param name="Cost">Its processor time for each, in microseconds.</param>
    private sealed record Figure(double PerSecond, double Cost)
    {
        public override string ToString() => $"{PerSecond:N0}/s at {Cost:N3} µs";
    }

    /// <summary>One of the two servers.</summary>
    private sealed class Side(ComparisonRun run, ScoringServer server)
    {
        public StreamedEvents Streamed { get; } = new([server], run.Options.Streams);

        public UnaryBatches Unary { get; } = new([server], CallsInFlight);

        public static async Task<Side> StartAsync(ComparisonRun run, string? executable)
        {
            var side = new Side(run, await ScoringServer.StartAsync(run.Workplace, executable, []));
            await Phase.MeasureAsync(side.Streamed, BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length));
            return side;
        }

        public async Task<Figure> RecordAsync(IEventStore store)
        {
            var phase = await Phase.MeasureAsync(store, BatchSource.Random(run.Options.Customers, run.Options.Events));
            return new Figure(phase.EventsPerSecond, phase.StoreCost);
        }

        public async Task<Figure> CallAsync(string method, Func<CallTemplate> template)
        {
            await server.Process.UntilIdleAsync();
            var before = server.Process.ProcessorTime();
            var rate = await UnaryLoad.RunAsync(
                UnaryComparison.Url(server, method),
                template,
                run.Options.Customers,
                run.Options.Requests
            );
            return new Figure(rate, (server.Process.ProcessorTime() - before).TotalMicroseconds / run.Options.Requests);
        }
    }
}
