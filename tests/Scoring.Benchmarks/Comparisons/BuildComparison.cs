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
        List<(string Subject, string Unit, Func<Side, Task<double>> Measure)> all =
        [
            ("StreamEvents, batches of 1,000", "events/s", side => side.EventsPerSecondAsync(side.Streamed)),
            ("StreamEvents, processor time of the server", "µs/event", side => Task.FromResult(side.Cost)),
            ("RecordEvents, batches of 1,000", "events/s", side => side.EventsPerSecondAsync(side.Unary)),
            ("RecordEvents, processor time of the server", "µs/event", side => Task.FromResult(side.Cost)),
            (
                "RecordEvent, customers at random, 64 in flight",
                "requests/s",
                side => side.CallsAsync("RecordEvent", CallTemplate.RecordEvent)
            ),
            (
                "GetScore, customers at random, 64 in flight",
                "requests/s",
                side => side.CallsAsync("GetScore", CallTemplate.GetScore)
            ),
        ];
        foreach (var (subject, unit, measure) in all)
        {
            var pairs = new List<(double, double)>();
            // The first round warms up; which one goes first changes, since the second has the quieter machine.
            for (var pair = 0; pair <= options.Pairs; pair++)
            {
                var sides = pair % 2 == 0 ? new[] { built, other } : [other, built];
                var figures = new Dictionary<Side, double>();
                foreach (var side in sides)
                {
                    await side.UntilIdleAsync();
                    figures[side] = await measure(side);
                }
                if (pair > 0)
                {
                    pairs.Add((figures[built], figures[other]));
                    ComparisonRun.Say(
                        $"{subject} {pair} of {options.Pairs}: {figures[built]:N3} beside {figures[other]:N3} {unit}"
                    );
                }
            }
            run.Report.Add(subject, unit, Other, null, pairs);
        }
    }

    /// <summary>One of the two servers.</summary>
    private sealed class Side(ComparisonRun run, ScoringServer server)
    {
        public StreamedEvents Streamed { get; } = new(server, run.Options.Streams);

        public UnaryBatches Unary { get; } = new(server, CallsInFlight);

        /// <summary>What an event cost in the phase before.</summary>
        public double Cost { get; private set; }

        public static async Task<Side> StartAsync(ComparisonRun run, string? executable)
        {
            var side = new Side(run, await ScoringServer.StartAsync(run.Workplace, executable, []));
            await Phase.MeasureAsync(side.Streamed, BatchSource.Everyone(run.Options.Customers, Traffic.Types.Length));
            return side;
        }

        public Task UntilIdleAsync() => server.Process.UntilIdleAsync();

        public async Task<double> EventsPerSecondAsync(IEventStore store)
        {
            var phase = await Phase.MeasureAsync(store, BatchSource.Random(run.Options.Customers, run.Options.Events));
            Cost = phase.StoreCost;
            return phase.EventsPerSecond;
        }

        public Task<double> CallsAsync(string method, Func<CallTemplate> template) =>
            UnaryLoad.RunAsync(
                UnaryComparison.Url(server, method),
                template,
                run.Options.Customers,
                run.Options.Requests
            );
    }
}
